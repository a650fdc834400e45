import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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

function alive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

function start(words: readonly string[], environment?: Record<string, string>): DaemonProcess {
  const daemon = new DaemonProcess(words, environment);
  daemons.push(daemon);
  return daemon;
}

describe("the daemon's command line", () => {
  it("prints version and abilities for -v", async () => {
    const { code, stdout, stderr } = await runDaemon(["-v"]);
    expect(stdout).toMatch(/^Corosync Cluster Engine, version '3\.1\.7' \(TypeScript \d+\.\d+\.\d+\)\n\n/);
    expect(stdout).toMatch(/^Available crypto ciphers: .*aes256/m);
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("answers a bad option with the usage and 1", async () => {
    const { code, stdout, stderr } = await runDaemon(["-x"]);
    expect(stderr).toMatch(/^corosync: invalid option -- 'x'\nusage:\n {8}-c {5}: /);
    expect([code, stdout]).toEqual([1, ""]);
  });
});

describe("the configuration test, -t", () => {
  it("says that all is well and exits 0", async () => {
    const { code, stderr } = await runDaemon(["-t", ...sandbox.words]);
    expect([code, stderr]).toEqual([0, "notice  [MAIN  ] Corosync Cluster Engine exiting normally\n"]);
    expect(existsSync(sandbox.pidPath)).toBe(false);
  });

  it("names the file that cannot be read: 8", async () => {
    const { code, stderr } = await runDaemon(["-t", "-c", "/nonexistent.conf"]);
    expect([code, stderr]).toEqual([8, "Can't read file /nonexistent.conf: No such file or directory\n"]);
  });

  it("takes the file from COROSYNC_MAIN_CONFIG_FILE, unless -c names another", async () => {
    const environment = { COROSYNC_MAIN_CONFIG_FILE: "/nonexistent.conf" };
    expect((await runDaemon(["-t"], environment)).stderr).toContain("/nonexistent.conf");
    expect((await runDaemon(["-t", ...sandbox.words], environment)).code).toBe(0);
  });

  it("names file and line of a syntax error: 8", async () => {
    sandbox.configure({ more: "totem {\ntoken: many\n}" });
    const { code, stderr } = await runDaemon(["-t", ...sandbox.words]);
    expect(code).toBe(8);
    expect(stderr).toContain(sandbox.configPath);
    expect(stderr).toMatch(/\b\d+\b/);
  });

  it("finds nothing wrong with knet, which only a start refuses, in plain words: 8", async () => {
    sandbox.configure({ totem: "transport: knet" });
    expect((await runDaemon(["-t", ...sandbox.words])).code).toBe(0);
    const { code, stderr } = await runDaemon(["-f", ...sandbox.words]);
    expect(code).toBe(8);
    expect(stderr).toMatch(/^error {3}\[MAIN {2}\] .*knet.*udpu/m);
    expect(stderr).toMatch(
      /^error {3}\[MAIN {2}\] Corosync Cluster Engine exiting with status 8 at \S+:\d+\.$/m,
    );
  });

  it("refuses a wrong log setting: 7", async () => {
    sandbox.configure({ logging: "debug: loud" });
    const { code, stderr } = await runDaemon(["-t", ...sandbox.words]);
    expect([code, stderr]).toEqual([7, "parse error in config: unknown value for debug.\n"]);
  });

  it("refuses a log file that cannot be opened: 7", async () => {
    sandbox.configure({ logging: "to_logfile: yes\nlogfile: /nonexistent/a.log" });
    const { code, stderr } = await runDaemon(["-t", ...sandbox.words]);
    expect(code).toBe(7);
    expect(stderr).toBe(
      "parse error in config: Can't open logfile '/nonexistent/a.log' for reason: No such file or directory (2).\n",
    );
  });

  it("refuses a state directory that is none: 16", async () => {
    sandbox.configure({ system: "state_dir: /etc/hostname" });
    const { code, stderr } = await runDaemon(["-t", ...sandbox.words]);
    expect(code).toBe(16);
    expect(stderr).toMatch(
      /^error {3}\[MAIN {2}\] Cannot chdir to state directory \/etc\/hostname\. Not a directory$/m,
    );
  });
});

describe("the running daemon", { timeout: START_MS }, () => {
  it("forms a ring of one, keeps pid file and log, and leaves cleanly at SIGTERM", async () => {
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    expect(readFileSync(sandbox.pidPath, "latin1")).toBe(`${daemon.child.pid}\n`);
    expect(readFileSync(`/proc/${daemon.child.pid}/comm`, "latin1")).toBe("corosync\n");
    daemon.kill("SIGTERM");
    const { code, stderr } = await daemon.outcome;
    expect(code).toBe(0);
    const lines = stderr.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^notice {2}\[MAIN {2}\] Corosync Cluster Engine 3\.1\.7 \(.*\) starting up$/);
    expect(lines.at(-1)).toBe("notice  [MAIN  ] Corosync Cluster Engine exiting normally");
    expect(stderr).toContain("notice  [MAIN  ] Node was shut down by a signal\n");
    expect(stderr).not.toMatch(/^(error|crit|alert|emerg)/m);
    expect(existsSync(sandbox.pidPath)).toBe(false);
    const file = readFileSync(sandbox.logPath, "utf8").trimEnd().split("\n");
    expect(file.map((line) => line.replace(/^\[\d+\] \S+ corosync/, ""))).toEqual(lines);
  });

  it.each(["SIGINT", "SIGQUIT"] as const)("leaves cleanly at %s", async (signal) => {
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    daemon.kill(signal);
    expect((await daemon.outcome).code).toBe(0);
    expect(existsSync(sandbox.pidPath)).toBe(false);
  });

  it("lets no second one run on the same pid file: 18", async () => {
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    const { code, stderr } = await runDaemon(["-f", ...sandbox.words]);
    expect(code).toBe(18);
    expect(stderr).toMatch(/^error {3}\[MAIN {2}\] Another Corosync instance is already running\.$/m);
    expect(readFileSync(sandbox.pidPath, "latin1")).toBe(`${daemon.child.pid}\n`);
  });

  it("lets no second one run on the same service names, whatever its pid file: 18", async () => {
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    const other = new Sandbox();
    try {
      other.configure({ system: `state_dir: ${other.stateDirectory}\nipc_socket_dir: ${sandbox.path}` });
      const { code, stderr } = await runDaemon(["-f", ...other.words]);
      expect(code).toBe(18);
      expect(stderr).toContain("Another Corosync instance is already running.");
      expect(existsSync(other.pidPath)).toBe(false);
    } finally {
      other.remove();
    }
  });

  it("finds a second one on the same file with another pid file before it tries the ring's port: 18", async () => {
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    const other = `${sandbox.pidPath}2`;
    const { code, stderr } = await runDaemon(["-f", "-c", sandbox.configPath, "-l", other]);
    expect(code).toBe(18);
    expect(stderr).toContain("Another Corosync instance is already running.");
    expect(stderr).not.toContain("bind token socket failed");
    expect(existsSync(other)).toBe(false);
  });

  it("takes a relative pid file from its state directory", async () => {
    mkdirSync(join(sandbox.stateDirectory, "run"));
    const daemon = start(["-f", "-c", sandbox.configPath, "-l", "run/pid"]);
    await daemon.logged(READY);
    const path = join(sandbox.stateDirectory, "run/pid");
    expect(readFileSync(path, "latin1")).toBe(`${daemon.child.pid}\n`);
    daemon.kill("SIGTERM");
    expect((await daemon.outcome).code).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it("takes over what a killed one left behind", async () => {
    const killed = start(["-f", ...sandbox.words]);
    await killed.logged(READY);
    killed.kill("SIGKILL");
    await killed.outcome;
    expect(existsSync(sandbox.pidPath)).toBe(true);
    const next = start(["-f", ...sandbox.words]);
    await next.logged(READY);
    expect(readFileSync(sandbox.pidPath, "latin1")).toBe(`${next.child.pid}\n`);
  });

  it("waits while no interface has its address, and can be stopped", async () => {
    const text = readFileSync(sandbox.configPath, "utf8").replaceAll(sandbox.address, "203.0.113.1");
    writeFileSync(sandbox.configPath, text);
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged("warning [TOTEM ] No network interface has the address of this node");
    daemon.kill("SIGTERM");
    const { code, stderr } = await daemon.outcome;
    expect(code).toBe(0);
    expect(stderr).toMatch(/exiting normally\n$/);
    expect(existsSync(sandbox.pidPath)).toBe(false);
  });

  it("opens its log file anew at SIGHUP", async () => {
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    renameSync(sandbox.logPath, `${sandbox.logPath}.1`);
    daemon.kill("SIGHUP");
    await vi.waitFor(() => expect(existsSync(sandbox.logPath)).toBe(true));
    daemon.kill("SIGTERM");
    expect((await daemon.outcome).code).toBe(0);
    expect(readFileSync(sandbox.logPath, "utf8")).toContain("exiting normally");
    expect(readFileSync(`${sandbox.logPath}.1`, "utf8")).toContain(READY);
  });

  it("logs an error nobody expected with its stack, and ends with 134", async () => {
    const fault = "process.once('SIGWINCH', () => { throw new Error('boom'); });";
    const daemon = start(["-f", ...sandbox.words], {
      NODE_OPTIONS: `--import "data:text/javascript,${fault}"`,
    });
    await daemon.logged(READY);
    daemon.kill("SIGWINCH");
    const { code, stderr } = await daemon.outcome;
    expect(code).toBe(134);
    expect(stderr).toMatch(/^emerg {3}\[MAIN {2}\] Unexpected error: boom\nemerg {3}\[MAIN {2}\] at /m);
    expect(stderr).toMatch(/exiting with status 134 at \S+:\d+\.\n$/);
    expect(existsSync(sandbox.pidPath)).toBe(true);
  });

  it("writes JSON when asked", async () => {
    sandbox.configure({ logging: "json: yes" });
    const daemon = start(["-f", ...sandbox.words]);
    await daemon.logged(READY);
    daemon.kill("SIGTERM");
    const { stderr } = await daemon.outcome;
    const entries = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(entries.at(-1)).toMatchObject({ level: "notice", subsys: "MAIN", pid: daemon.child.pid });
    expect(entries.at(-1).msg).toBe("Corosync Cluster Engine exiting normally");
  });
});

describe("a start in the background", { timeout: START_MS }, () => {
  it("exits 0 when the daemon serves, and leaves it running", async () => {
    const { code, stderr } = await runDaemon(sandbox.words);
    expect(code).toBe(0);
    expect(stderr).toContain("starting up");
    // Its parent has waited for that.
    expect(stderr).toContain(READY);
    const pid = Number(readFileSync(sandbox.pidPath, "latin1"));
    try {
      expect(readFileSync(`/proc/${pid}/comm`, "latin1")).toBe("corosync\n");
      const { code: second, stderr: why } = await runDaemon(sandbox.words);
      expect(second).toBe(18);
      expect(why).toContain("Another Corosync instance is already running.");
    } finally {
      process.kill(pid, "SIGTERM");
    }
    await vi.waitFor(() => expect(existsSync(sandbox.pidPath)).toBe(false), { timeout: 10_000 });
    await vi.waitFor(() => expect(alive(pid)).toBe(false), { timeout: 10_000 });
    expect(readFileSync(sandbox.logPath, "utf8")).toContain("Node was shut down by a signal");
  });

  it("exits with the daemon's code and shows its words when it cannot start", async () => {
    sandbox.configure({ system: "state_dir: /etc/hostname" });
    const { code, stderr } = await runDaemon(sandbox.words);
    expect(code).toBe(16);
    expect(stderr).toContain("Cannot chdir to state directory /etc/hostname. Not a directory");
  });
});
