import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { daemonEntryPath } from "../src/index.ts";
import { DaemonProcess, READY, runDaemon, Sandbox, START_MS } from "./daemon-process.ts";

let sandbox: Sandbox;
const daemons: DaemonProcess[] = [];
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(async () => {
  for (const daemon of daemons.splice(0)) {
    daemon.kill("SIGKILL");
    await daemon.outcome;
  }
  sandbox.remove();
});

/** Starts a daemon in whose process the JavaScript runs first. */
function start(words: readonly string[], javascript = ""): DaemonProcess {
  const daemon = new DaemonProcess(words, preload(javascript));
  daemons.push(daemon);
  return daemon;
}

function preload(javascript: string): Record<string, string> {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(javascript)}` };
}

/** Scheduling policy of a process's main thread, as in sched_setscheduler(2). */
function policy(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]!.split(" ");
  return Number(fields[38]);
}

const SCHED_OTHER = 0;
const SCHED_RR = 2;
const realtimeAllowed = spawnSync("chrt", ["--rr", "99", "true"]).status === 0;
/** An account that owns nothing. */
const NOBODY = 65_534;

describe("a daemon with rights of others", { timeout: START_MS }, () => {
  it.each([
    ["setuid", "process.geteuid = () => process.getuid() + 1"],
    ["setgid", "process.getegid = () => process.getgid() + 1"],
  ])("is refused when it is %s: 1", async (what, javascript) => {
    for (const words of [["-v"], ["-t", ...sandbox.words], ["-f", ...sandbox.words], sandbox.words]) {
      const { code, stdout, stderr } = await runDaemon(words, preload(javascript));
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(new RegExp(`^corosync refuses to run ${what}: .*\\n$`));
    }
    expect(existsSync(sandbox.pidPath)).toBe(false);
  });

  it.each([
    ["setuid", ["--ruid", `${NOBODY}`]],
    ["setuid", ["--euid", `${NOBODY}`]],
    ["setgid", ["--rgid", `${NOBODY}`, "--keep-groups"]],
    ["setgid", ["--egid", `${NOBODY}`, "--keep-groups"]],
  ])("is refused when it really is %s, by %j: 1", (what, ids) => {
    const words = [...ids, process.execPath, daemonEntryPath, "-f", ...sandbox.words];
    const { status, stdout, stderr } = spawnSync("setpriv", words, { encoding: "utf8" });
    // Nobody but root can start a program whose ids differ.
    if (process.getuid?.() !== 0) {
      expect(stderr).toMatch(/^setpriv: .*Operation not permitted$/m);
      return;
    }
    expect([status, stdout]).toEqual([1, ""]);
    const differ = stderr.match(/(?<=by |of )[ug]id \d+/g)!.map((id) => Number(id.slice(4)));
    expect(stderr).toMatch(new RegExp(`^corosync refuses to run ${what}: .*\\n$`));
    expect(differ.sort((a, b) => a - b)).toEqual([0, NOBODY]);
    expect(existsSync(sandbox.pidPath)).toBe(false);
  });
});

describe("priority and memory", { timeout: START_MS }, () => {
  it("is scheduled in real-time unless sched_rr is no, or says why not", async () => {
    sandbox.configure({
      system: `state_dir: ${sandbox.stateDirectory}\nipc_socket_dir: ${sandbox.path}\nmove_to_root_cgroup: no`,
    });
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    expect(policy(daemon.child.pid!) & 7).toBe(realtimeAllowed ? SCHED_RR : SCHED_OTHER);
    daemon.kill("SIGTERM");
    const { stderr } = await daemon.outcome;
    expect(stderr.includes("Could not set SCHED_RR at priority 99: ")).toBe(!realtimeAllowed);
  });

  it("locks its program, or says why not; sched_rr no leaves it to the normal scheduler", async () => {
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    const status = readFileSync(`/proc/${daemon.child.pid}/status`, "latin1");
    const lockedKibibytes = Number(/VmLck:\s+(\d+) kB/.exec(status)![1]);
    expect(policy(daemon.child.pid!)).toBe(SCHED_OTHER);
    daemon.kill("SIGTERM");
    const { stderr } = await daemon.outcome;
    if (stderr.includes("Locked ")) expect(lockedKibibytes).toBeGreaterThan(10_000);
    else
      expect(stderr).toMatch(/not locking memory: |Could not lock memory of service to avoid page faults: /);
  });

  it("runs without the native package, and says what is missing in one line", async () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name === "koffi") throw new Error("no such package");
      return next(name, context);
    }`;
    const daemon = start(
      ["-f", ...sandbox.words],
      `import { register } from "node:module"; register("data:text/javascript,${encodeURIComponent(hook)}");`,
    );
    await daemon.logged(READY);
    expect(readFileSync(sandbox.pidPath, "latin1")).toBe(`${daemon.child.pid}\n`);
    daemon.kill("SIGTERM");
    const { code, stderr } = await daemon.outcome;
    expect(code).toBe(0);
    expect(stderr.match(/^(warning|error).*$/gm)).toEqual([
      "warning [MAIN  ] No locked memory and no lock on the pid file: the optional package koffi is not usable (no such package)",
    ]);
  });
});

/**
 * Gives the sandbox to a user without rights. @returns what makes a daemon one of that user's; as root the
 * rights go when the modules are loaded, whose folders need not be open to everyone
 */
function unprivileged(): string {
  if (process.getuid?.() !== 0) return "";
  for (const path of [sandbox.path, sandbox.stateDirectory, sandbox.configPath, sandbox.keyPath])
    if (existsSync(path)) chownSync(path, NOBODY, NOBODY);
  return `Object.defineProperty(process, "title", { set: () => {
    process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});
  } });`;
}

describe("an unprivileged user", { timeout: START_MS }, () => {
  it.each([
    ["configuration", 8, () => sandbox.configPath, "Can't read file PATH: Permission denied\n"],
    ["key", 8, () => sandbox.keyPath, "Could not open PATH: Permission denied"],
    ["log file", 7, () => sandbox.logPath, "Can't open logfile 'PATH' for reason: Permission denied (13)."],
    [
      "state directory",
      16,
      () => sandbox.stateDirectory,
      "Cannot chdir to state directory PATH. Permission denied\n",
    ],
    [
      "pid file",
      17,
      () => sandbox.pidPath,
      "couldn't create lock file 'PATH'. Error was Permission denied\n",
    ],
  ] as const)("is told which %s it has no rights to: %i", async (_what, expected, pathOf, words) => {
    sandbox.configure({ totem: `transport: udpu\nsecauth: on\nkeyfile: ${sandbox.keyPath}` });
    sandbox.makeKey();
    const path = pathOf();
    if (!existsSync(path)) writeFileSync(path, "");
    const drop = unprivileged();
    chmodSync(path, 0);
    const { code, stderr } = await runDaemon(["-f", ...sandbox.words], preload(drop));
    chmodSync(path, 0o700);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(words.replace("PATH", path))]);
  });

  it("runs the daemon when all paths are given", async () => {
    sandbox.configure({
      totem: `transport: udpu\ncrypto_cipher: aes256\ncrypto_hash: sha256\nkeyfile: ${sandbox.keyPath}`,
      system: `state_dir: ${sandbox.stateDirectory}\nipc_socket_dir: ${sandbox.path}`,
    });
    sandbox.makeKey();
    const daemon = start(["-f", ...sandbox.words], unprivileged());
    await daemon.logged(READY);
    const owner = statSync(sandbox.pidPath).uid;
    expect(owner).toBe(process.getuid?.() === 0 ? NOBODY : process.getuid?.());
    const ringId = statSync(join(sandbox.stateDirectory, "ringid_1"));
    expect([ringId.mode & 0o777, ringId.uid]).toEqual([0o600, owner]);
    expect(statSync(sandbox.pidPath).mode & 0o777).toBe(0o640);
    daemon.kill("SIGTERM");
    const { code, stderr } = await daemon.outcome;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^warning \[MAIN {2}\] Could not set SCHED_RR at priority 99: Operation not permitted \(1\)$/m,
    );
    expect(stderr).not.toMatch(/^(error|crit|alert|emerg)/m);
  });
});
