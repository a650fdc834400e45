// @ts-check
// What `npm test` runs: the build, every check, every test, and one closing line.
// Plain JavaScript, so that a broken build is reported the same way as a broken test.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { distributionLacks, labLacks, namespaceFault, whyNoInterop } from "./interop-needs.mjs";
import { readPart } from "./part.mjs";
import { closingLine, countRun } from "./totals.mjs";

/** @import { Totals } from "./totals.mjs" */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const mustRunAll = /^(1|true)$/i.test(process.env["CI"] ?? "");

const environment = {
  ...process.env,
  PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env["PATH"]}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
};

const turboQuiet = ["--output-logs=errors-only", "--log-order=grouped"];

/** Checks that stand between the build and the tests: each is one command. */
const checks = /** @type {Array<[what: string, command: string, ...args: string[]]>} */ ([
  ["lint and types", "turbo", "run", "lint", "lint:root", "typecheck", "typecheck:tests", "--continue"],
  ["layers", "node", "tools/layer-check/dist/main.js"],
  ["boundaries", "turbo", "boundaries"],
  ["unused exports and undeclared dependencies", "knip", "--no-config-hints"],
  ["documentation of all that is public", "npm", "run", "docs", "--silent", "-w", "@corosync/api-docs"],
  ["tarballs", "node", "tools/pack-check/dist/main.js"],
]);

/** @type {Totals[]} */
const runs = [];
const part = partOrUsage();
if (step("build", "turbo", "run", "build")) {
  if (part === "all") for (const check of checks) step(...check);
  // Generous, because the only thing a slow machine should change is how long it takes.
  if (part !== "--interop") runs.push(vitest("vitest.workspace.ts", "--testTimeout=60000"));
  if (part === "all") runs.push(fuzz());
  if (part !== "--unit") await interop();
}
console.log(closingLine(runs));
process.exitCode = runs.some((run) => run.failed > 0) ? 1 : 0;

/** Ends with 2 when the arguments are wrong. */
function partOrUsage() {
  try {
    return readPart(process.argv.slice(2));
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exit(2);
  }
}

/**
 * Runs one command; its failure counts as a failed test.
 *
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @returns {boolean} whether it succeeded
 */
function step(what, command, ...args) {
  console.log(`--- ${what}`);
  const quiet = command === "turbo" && args[0] === "run" ? turboQuiet : [];
  if (run(command, [...args, ...quiet]) === 0) return true;
  fail(`${what} failed`);
  return false;
}

/**
 * A minute of fuzzing with a seed that is new each time; it prints the seed, and how to replay what it finds.
 *
 * @returns {Totals} one test
 */
function fuzz() {
  const passed = step("fuzzing", "node", "tools/fuzz/dist/main.js", "--seconds", "60");
  return { passed: passed ? 1 : 0, failed: 0, skipped: 0 };
}

/** Tests with C Corosync and Debian's tools, one file at a time: most lay out hosts of their own on this machine. */
async function interop() {
  const reason = whyNoInterop([...labLacks(root), ...(await distributionLacks(root))], namespaceFault);
  if (reason === undefined) runs.push(vitest("vitest.interop.ts"));
  else if (mustRunAll) fail(`interop must not be left out when CI is set: ${reason}`);
  else console.log(`interop left out: ${reason}`);
}

/**
 * @param {string} config
 * @param {string[]} options
 * @returns {Totals}
 */
function vitest(config, ...options) {
  console.log(`--- vitest ${config}`);
  const folder = mkdtempSync(join(tmpdir(), "test-run-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const exitCode = run("vitest", ["run", "--config", config, ...options, ...reporters]);
    const totals = countRun(readText(report), exitCode);
    if (mustRunAll && totals.skipped > 0) fail(`${totals.skipped} tests were skipped although CI is set`);
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {number} the exit code; 1 when the command did not end by itself
 */
function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, env: environment, stdio: "inherit" });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  runs.push({ passed: 0, failed: 1, skipped: 0 });
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
