import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flightDataText } from "@corosync/blackbox";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DaemonProcess, READY, Sandbox, START_MS } from "./daemon-process.ts";

let sandbox: Sandbox;
let daemon: DaemonProcess;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(async () => {
  daemon.kill("SIGKILL");
  await daemon.outcome;
  sandbox.remove();
});

async function start(environment: Record<string, string> = {}): Promise<void> {
  daemon = new DaemonProcess(["-f", ...sandbox.words], environment);
  await daemon.logged(READY);
}

const flightPath = () => join(sandbox.stateDirectory, "fdata");
const flightLines = () => [...flightDataText(readFileSync(flightPath()))];
const logFile = () => readFileSync(sandbox.logPath, "utf8");

describe("signals that do not end the daemon", { timeout: START_MS }, () => {
  it("PIPE changes nothing", async () => {
    await start();
    daemon.kill("SIGPIPE");
    daemon.kill("SIGUSR2");
    await daemon.logged("Flight data written to ");
    expect(daemon.child.exitCode).toBeNull();
  });

  it("USR1 opens the log file anew", async () => {
    await start();
    rmSync(sandbox.logPath);
    daemon.kill("SIGUSR1");
    await vi.waitFor(() => expect(readdirSync(sandbox.path)).toContain("corosync.log"));
    daemon.kill("SIGTERM");
    await daemon.outcome;
    expect(logFile()).toContain("Node was shut down by a signal");
  });

  it("HUP reads the log settings again: levels, files, targets", async () => {
    await start();
    const other = join(sandbox.path, "other.log");
    sandbox.configure({
      logging: `to_logfile: yes\nlogfile: ${other}\nlogfile_priority: debug\nto_stderr: no`,
    });
    daemon.kill("SIGHUP");
    await vi.waitFor(() =>
      expect(readFileSync(other, "utf8")).toContain("The log settings were read again."),
    );
    daemon.kill("SIGTERM");
    const { stderr } = await daemon.outcome;
    expect(logFile()).not.toContain("Node was shut down by a signal");
    expect(stderr).not.toContain("Node was shut down by a signal");
    expect(readFileSync(other, "utf8")).toContain("Node was shut down by a signal");
  });

  it("HUP with settings that are wrong changes nothing and says what is wrong", async () => {
    await start();
    for (const [logging, reason] of [
      ["debug: loud", "unknown value for debug"],
      ["to_logfile: yes\nlogfile: /nonexistent/a.log", "No such file or directory (2)"],
    ] as const) {
      sandbox.configure({ logging });
      daemon.kill("SIGHUP");
      await daemon.logged(`The log settings stay as they were: parse error in config: `);
      await daemon.logged(reason);
    }
    await vi.waitFor(() => expect(logFile().match(/stay as they were/g)).toHaveLength(2));
  });
});

describe("the flight recorder", { timeout: START_MS }, () => {
  it("is written at USR2, with messages of levels that the log does not get", async () => {
    await start();
    daemon.kill("SIGUSR2");
    await daemon.logged(`Flight data written to ${sandbox.stateDirectory}/fdata-`);
    expect(readlinkSync(flightPath())).toMatch(
      new RegExp(`fdata-\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d-${daemon.child.pid}$`),
    );
    const lines = flightLines();
    expect(lines.find((line) => line.includes("):"))).toMatch(
      /^notice .* MAIN\(0\):8: Corosync Cluster Engine .* starting up$/,
    );
    expect(
      lines.filter((line) => line.startsWith("debug ") && line.includes("TOTEM(0):15:")).length,
    ).toBeGreaterThan(0);
    expect(logFile()).not.toContain("entering OPERATIONAL state");
  });

  it("is written before ABRT ends the daemon", async () => {
    await start();
    daemon.kill("SIGABRT");
    await daemon.outcome;
    expect(daemon.child.signalCode).toBe("SIGABRT");
    expect(flightLines().at(-1)).toContain(READY);
  });

  it("is written when an error that nobody expected ends it", async () => {
    const fault = "process.once('SIGWINCH', () => { throw new Error('boom'); });";
    await start({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(fault)}` });
    daemon.kill("SIGWINCH");
    expect((await daemon.outcome).code).toBe(134);
    expect(
      flightLines().some((line) => line.startsWith("emerg ") && line.endsWith(": Unexpected error: boom")),
    ).toBe(true);
  });

  it("cannot be written: the daemon says so and goes on", async () => {
    await start();
    mkdirSync(flightPath());
    daemon.kill("SIGUSR2");
    await daemon.logged("error   [MAIN  ] Can't write flight data: ");
    rmSync(flightPath(), { recursive: true });
    daemon.kill("SIGUSR2");
    await daemon.logged("Flight data written to ");
    expect(readdirSync(sandbox.stateDirectory).filter((name) => name.startsWith("fdata-"))).toHaveLength(1);
  });

  it("is off with blackbox: off", async () => {
    sandbox.configure({ logging: "blackbox: off" });
    await start();
    daemon.kill("SIGUSR2");
    await daemon.logged("There are no flight data: the configuration says blackbox: off");
  });
});

describe("a disk that takes no more of the log", { timeout: START_MS }, () => {
  /** A limit on the size of files is what a full disk is to a process, and needs no rights. */
  function limitFileSize(limit: string): void {
    const { status } = spawnSync("prlimit", ["--pid", String(daemon.child.pid), `--fsize=${limit}`]);
    expect(status).toBe(0);
  }

  it("is said once; the daemon goes on, and so does the log when there is room", async () => {
    writeFileSync(sandbox.logPath, "x".repeat(100));
    await start();
    await vi.waitFor(() => expect(logFile()).toContain(READY));
    limitFileSize("50:unlimited");
    daemon.kill("SIGHUP");
    await daemon.logged(`warning [MAIN  ] Can't write the log to ${sandbox.logPath}: File too large (27)`);
    daemon.kill("SIGHUP");
    expect(daemon.child.exitCode).toBeNull();
    limitFileSize("unlimited:unlimited");
    await daemon.logged(`notice  [MAIN  ] The log is written to ${sandbox.logPath} again`);
    daemon.kill("SIGTERM");
    const { code, stderr } = await daemon.outcome;
    expect(code).toBe(0);
    expect(stderr.match(/Can't write the log/g)).toHaveLength(1);
    // Nothing that fitted into the queue is lost.
    expect(logFile().match(/The log settings were read again/g)).toHaveLength(2);
    expect(logFile()).toContain("exiting normally");
  });
});
