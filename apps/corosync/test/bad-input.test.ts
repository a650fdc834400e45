import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonProcess, runDaemon, Sandbox, START_MS, twoNodes } from "./daemon-process.ts";

let sandbox: Sandbox;
const sandboxes: Sandbox[] = [];
const daemons: DaemonProcess[] = [];
beforeEach(() => {
  sandbox = new Sandbox();
  sandboxes.push(sandbox);
});
afterEach(async () => {
  for (const daemon of daemons.splice(0)) {
    daemon.kill("SIGKILL");
    await daemon.outcome;
  }
  for (const one of sandboxes.splice(0)) one.remove();
});

/** What a start ends with: its code and its last messages but the one that repeats the code. */
async function startFails(words = sandbox.words): Promise<readonly [number | null, string]> {
  const { code, stderr } = await runDaemon(["-f", ...words]);
  return [code, stderr];
}

/** A syslog of the test's own: what reaches `logger` is in the file. @returns the daemon's environment for it */
function syslogInto(folder: string) {
  const path = join(folder, "syslog");
  const programs = join(folder, "bin");
  mkdirSync(programs);
  writeFileSync(join(programs, "logger"), `#!/bin/sh\necho "$@" >> ${path}\ncat >> ${path}\n`, {
    mode: 0o755,
  });
  // Not every machine has a syslog daemon.
  const present = `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
    const { existsSync } = fs;
    fs.existsSync = (path) => path === "/dev/log" || existsSync(path);
    syncBuiltinESMExports();`;
  const environment = {
    PATH: `${programs}:${process.env["PATH"]}`,
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(present)}`,
  };
  return { path, environment };
}

const error = (text: string) => expect.stringContaining(`error   [MAIN  ] ${text}\n`);

describe("a start that cannot be", { timeout: START_MS }, () => {
  it("names a configuration that is a folder: 8", async () => {
    const text = `Can't read file ${sandbox.path}: Is a directory\n`;
    expect(await startFails(["-c", sandbox.path, "-l", sandbox.pidPath])).toEqual([8, text]);
  });

  it("names a log file that is a folder: 7", async () => {
    sandbox.configure({ logging: `to_logfile: yes\nlogfile: ${sandbox.path}` });
    const text = `parse error in config: Can't open logfile '${sandbox.path}' for reason: Is a directory (21).\n`;
    expect(await startFails()).toEqual([7, text]);
  });

  it("leaves its error in syslog when there is no log yet, not for a test", async () => {
    writeFileSync(sandbox.configPath, "totem {\nnonsense\n");
    const log = syslogInto(sandbox.path);
    const text = `parser error: ${sandbox.configPath}:2: Line is not opening or closing section or key value\n`;
    const tested = await runDaemon(["-t", ...sandbox.words], log.environment);
    expect([tested.code, tested.stderr]).toEqual([8, text]);
    expect(existsSync(log.path)).toBe(false);
    for (const words of [["-f", ...sandbox.words], sandbox.words]) {
      const { code, stderr } = await runDaemon(words, log.environment);
      expect([code, stderr]).toEqual([8, text]);
      expect(readFileSync(log.path, "utf8")).toMatch(/^--prio-prefix --tag corosync --id=\d+\n<27>parser /);
      expect(readFileSync(log.path, "utf8").endsWith(`<27>${text}`)).toBe(true);
      rmSync(log.path);
    }
  });

  it("leaves in syslog that a log file cannot be opened", async () => {
    sandbox.configure({ logging: `to_logfile: yes\nlogfile: ${sandbox.path}` });
    const log = syslogInto(sandbox.path);
    const { code, stderr } = await runDaemon(["-f", ...sandbox.words], log.environment);
    expect(code).toBe(7);
    expect(readFileSync(log.path, "utf8")).toContain(`\n<27>${stderr}`);
  });

  it("names a key that is missing or a folder: 8", async () => {
    for (const [path, verb, reason] of [
      [join(sandbox.path, "none"), "open", "No such file or directory"],
      [sandbox.path, "read", "Is a directory"],
    ]) {
      sandbox.configure({ totem: `transport: udpu\nsecauth: on\nkeyfile: ${path}` });
      const [code, stderr] = await startFails();
      expect([code, stderr]).toEqual([8, expect.stringContaining(`Could not ${verb} ${path}: ${reason}`)]);
    }
  });

  it("names a pid file that is a folder, or in none: 17", async () => {
    for (const [path, reason] of [
      [sandbox.path, "Is a directory"],
      [join(sandbox.path, "none", "pid"), "No such file or directory"],
    ] as const) {
      expect(await startFails(["-c", sandbox.configPath, "-l", path])).toEqual([
        17,
        error(`Corosync Executive couldn't create lock file '${path}'. Error was ${reason}`),
      ]);
    }
  });

  it("names the folder of sockets that is not there: 20", async () => {
    const none = join(sandbox.path, "none");
    sandbox.configure({
      system: `state_dir: ${sandbox.stateDirectory}\nipc_socket_dir: ${none}\nsched_rr: no`,
    });
    expect(await startFails()).toEqual([
      20,
      error(`Can't listen for clients at ${none}/cpg: No such file or directory`),
    ]);
  });

  it("names the ring id that is a folder: 21", async () => {
    mkdirSync(join(sandbox.stateDirectory, "ringid_1"));
    const [code, stderr] = await startFails();
    expect([code, stderr]).toEqual([21, expect.stringContaining(`${sandbox.stateDirectory}/ringid_1`)]);
    expect(stderr).toMatch(/exiting with status 21 at \S+:\d+\.\n$/);
  });

  it("names the address that is taken: 1", async () => {
    const holder = createSocket("udp4");
    await new Promise<void>((resolve) => holder.bind(5405, sandbox.address, resolve));
    try {
      const [code, stderr] = await startFails();
      expect(code).toBe(1);
      expect(stderr).toContain(
        "error   [TOTEM ] Unable to create sockets, exiting: Address already in use (98)\n",
      );
      expect(stderr).toContain(`error   [MAIN  ] Can't use ${sandbox.address} port 5405\n`);
    } finally {
      await new Promise<void>((resolve) => holder.close(resolve));
    }
  });

  it("in the background: the command ends with the code and shows the words", async () => {
    mkdirSync(join(sandbox.stateDirectory, "ringid_1"));
    const { code, stderr } = await runDaemon(sandbox.words);
    expect([code, stderr]).toEqual([21, expect.stringContaining("exiting with status 21 at ")]);
  });
});

describe("a running daemon", { timeout: 40_000 }, () => {
  it("ends with 21 and the reason when it can no longer store a ring id", async () => {
    const pair = twoNodes(() => "transport: udpu\ntoken: 1000", "to_logfile: no");
    sandboxes.push(...pair);
    const [first, second] = pair.map(({ words }) => new DaemonProcess(["-f", ...words])) as [
      DaemonProcess,
      DaemonProcess,
    ];
    daemons.push(first, second);
    await first.logged("Members joined: 2");
    await second.logged("Members joined: 1");
    // To a process a limit on the size of files is a full disk, and needs no rights.
    expect(spawnSync("prlimit", ["--pid", String(first.child.pid), "--fsize=0:unlimited"]).status).toBe(0);
    second.kill("SIGTERM");
    const { code, stderr } = await first.outcome;
    expect(code).toBe(21);
    expect(stderr).toMatch(/Couldn't store new ring id [0-9a-f]+ to stable storage: .*file too large/i);
    expect(stderr).toMatch(/exiting with status 21 at \S+:\d+\.\n$/);
  });
});
