// @ts-check
// What `npm start` runs. Plain JavaScript on Node alone: nothing is installed or built before it.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { whyInstall } from "./installation.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = "@corosync/local-cluster";

requireNode(20, 19);
const reason = whyInstall(root);
if (reason !== undefined) {
  prepare(`installing packages (${reason})`, "npm", ["ci", "--no-audit", "--no-fund"]);
}
// turbo compares sources with what it built last, by content: a second time there is nothing to do.
const main = join(root, "apps", "local-cluster", "dist", "main.js");
prepare(existsSync(main) ? undefined : "building", process.execPath, [
  join(root, "node_modules", "turbo", "bin", "turbo"),
  ...["run", "build", `--filter=${program}...`, "--output-logs=errors-only", "--log-order=grouped"],
]);
run(main, process.argv.slice(2));

/**
 * @param {number} major
 * @param {number} minor
 */
function requireNode(major, minor) {
  const [haveMajor = 0, haveMinor = 0] = process.versions.node.split(".").map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  console.error(`Node ${major}.${minor} or newer is needed; this is ${process.versions.node}`);
  process.exit(1);
}

/**
 * Runs a step of the preparation, silent unless it fails.
 *
 * @param {string | undefined} message printed first, so that a person knows why it takes a while
 * @param {string} command
 * @param {string[]} args
 */
function prepare(message, command, args) {
  if (message !== undefined) console.error(`${message} …`);
  const step = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 << 20,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  });
  if (step.status === 0) return;
  process.stderr.write(`${step.stdout ?? ""}${step.stderr ?? ""}`);
  console.error(`failed: ${command} ${args.join(" ")}${step.error ? `: ${step.error.message}` : ""}`);
  process.exit(1);
}

/**
 * Hands the terminal to the program and leaves as it leaves.
 *
 * @param {string} file
 * @param {string[]} args
 */
function run(file, args) {
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
  // A terminal sends SIGINT to both; the program decides what it means. SIGTERM reaches only us.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  child.on("error", (error) => {
    console.error(`cannot start ${file}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}
