import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { daemonEntryPath } from "../src/index.ts";
import { READY, Sandbox } from "./daemon-process.ts";

/** By its path: programs of the workspace stand under the same name in PATH. */
const C_DAEMON = "/usr/sbin/corosync";
/** Where the C daemon keeps its pid, which it cannot be told otherwise. */
const PID_FILE = "/run/corosync.pid";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

/** Runs a script with a network and a /run of its own, where `lo` is up. @returns what it prints */
function run(script: string): Promise<string> {
  const prelude = `set -u
    mount -t tmpfs none /run && mount -t tmpfs none /dev/shm && ip link set lo up
    awaitLine() { until grep -q "$1" "$2"; do kill -0 "$first" || exit 9; sleep 0.05; done; }
    leave() { kill -TERM "$first"; wait "$first"; }`;
  const words = ["-n", "-m", "--propagation", "private", "bash", "-c", `${prelude}\n${script}`];
  const child = spawn("unshare", words, { cwd: sandbox.path, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve) => child.once("close", () => resolve(output)));
}

/** The commands of both daemons, each with a configuration and a state directory in the sandbox. */
function commands(): readonly [ours: string, theirs: string] {
  const cConfiguration = join(sandbox.path, "c.conf");
  // The C daemon knows no folder for its sockets, and on loopback it binds 127.0.0.1 whatever its address.
  const configuration = readFileSync(sandbox.configPath, "utf8");
  writeFileSync(
    cConfiguration,
    configuration.replace(/^ipc_socket_dir.*$/m, "").replace(/^ring0_addr: .*$/m, "ring0_addr: 127.0.0.1"),
  );
  const ours = `${process.execPath} ${daemonEntryPath} -f -c ${sandbox.configPath} -l ${PID_FILE}`;
  return [ours, `${C_DAEMON} -f -c ${cConfiguration}`];
}

describe("the pid file's lock", () => {
  it.each([
    ["ours", "C's"],
    ["C's", "ours"],
  ])("while %s runs, %s is told that another instance is running: 18", async (first) => {
    const [ours, theirs] = commands();
    const [running, refused] = first === "ours" ? [ours, theirs] : [theirs, ours];
    const output = await run(`
      ${running} 2>first.log & first=$!
      awaitLine "${READY}" first.log
      ${refused} 2>second.log; echo "refused with $?"
      grep -c "Another Corosync instance is already running" second.log
      test "$(cat ${PID_FILE})" = "$first" && echo "still locked"
      leave; echo "left with $?"
      test -e ${PID_FILE} || echo "removed"`);
    expect(output).toBe("refused with 18\n1\nstill locked\nleft with 0\nremoved\n");
  });

  it("goes with its holder, however that ends", async () => {
    const [ours, theirs] = commands();
    const output = await run(`
      ${theirs} 2>first.log & first=$!
      awaitLine "${READY}" first.log
      kill -KILL "$first"; wait "$first" 2>/dev/null
      ${ours} 2>second.log & first=$!
      awaitLine "${READY}" second.log
      test "$(cat ${PID_FILE})" = "$first" && echo "taken over"
      leave; echo "left with $?"`);
    expect(output).toBe("taken over\nleft with 0\n");
  });
});
