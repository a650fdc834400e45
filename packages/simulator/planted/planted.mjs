// @ts-check
// Plants faults in a copy of the sources, one at a time, and tells which of them the simulator finds.
// Usage: planted.mjs [--seeds COUNT] [--only TEXT] [--from INDEX] [--to INDEX]
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plantedFaults } from "./faults.mjs";

/** Packages that a simulation consists of. */
const PACKAGES = ["codec", "crypto", "totem", "ipc", "service", "cpg", "executive", "simulator"];
/** A run that takes longer hangs, which is found too. */
const RUN_TIMEOUT_MS = 60_000;

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "4" },
    only: { type: "string", default: "" },
    from: { type: "string", default: "0" },
    to: { type: "string", default: "1000" },
  },
});
const copy = mkdtempSync(join(tmpdir(), "planted-"));
try {
  copySources();
  const faults = plantedFaults
    .slice(Number(values.from), Number(values.to))
    .filter(({ name }) => name.includes(values.only));
  const survivors = faults.filter((fault) => !isFound(fault)).map(({ name }) => name);
  console.log(`${faults.length - survivors.length} of ${faults.length} planted faults found`);
  for (const name of survivors) console.log(`survives: ${name}`);
  process.exitCode = survivors.length > 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function copySources() {
  for (const name of PACKAGES)
    cpSync(join(root, "packages", name), join(copy, "packages", name), {
      recursive: true,
      filter: (path) => !path.includes("node_modules") && !path.includes(".turbo"),
    });
  cpSync(join(root, "tsconfig.base.json"), join(copy, "tsconfig.base.json"));
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@corosync"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "@corosync") symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const name of PACKAGES) symlinkSync(join(copy, "packages", name), join(modules, "@corosync", name));
}

/**
 * @param {import("./faults.mjs").PlantedFault} fault
 * @returns {boolean}
 */
function isFound({ name, file, from, to }) {
  const path = join(copy, "packages", file);
  const sound = readFileSync(path, "utf8");
  if (sound.split(from).length !== 2)
    throw new Error(`${name}: its text does not stand exactly once in ${file}`);
  writeFileSync(
    path,
    sound.replace(from, () => to),
  );
  try {
    // Types may be at odds with a fault; the compiler writes its output all the same.
    spawnSync(join(root, "node_modules", ".bin", "tsc"), ["-b", "packages/simulator"], { cwd: copy });
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      // Lossy networks show what is wrong with retransmission, faults what is wrong with membership.
      const profile = seed % 2 === 0 ? "lossy" : "chaos";
      const finding = run(seed, profile);
      if (finding === null) continue;
      console.log(`${name.padEnd(60)}  ${profile} ${seed}  ${finding.slice(0, 100)}`);
      return true;
    }
    console.log(`${name.padEnd(60)}  NOT FOUND`);
    return false;
  } finally {
    writeFileSync(path, sound);
  }
}

/**
 * @param {number} seed
 * @param {string} profile
 * @returns {string | null} what the simulator says is wrong
 */
function run(seed, profile) {
  const command = [
    "packages/simulator/dist/main.js",
    "--seed",
    `${seed}`,
    "--profile",
    profile,
    "--no-shrink",
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: copy,
    encoding: "utf8",
    timeout: RUN_TIMEOUT_MS,
  });
  if (status === 0) return null;
  return status === null ? "hangs" : ((stdout || stderr).split("\n")[0] ?? "fails");
}
