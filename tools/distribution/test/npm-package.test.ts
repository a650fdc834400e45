import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDistribution } from "./build-distribution.ts";

let folder: string;
let prefix: string;

/** Runs an installed program; a nonzero exit throws. */
function run(program: string, ...words: string[]): string {
  return execFileSync(join(prefix, "bin", program), words, {
    cwd: "/",
    encoding: "utf8",
    env: environment(),
  });
}

/** Nothing of npm's or the workspace's: only where Node and the system's programs are. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: `${process.execPath.slice(0, process.execPath.lastIndexOf("/"))}:/usr/bin:/bin:/usr/sbin:/sbin`,
  };
}

beforeAll(() => {
  const built = buildDistribution(false);
  folder = built.folder;
  prefix = join(folder, "prefix");
  mkdirSync(prefix);
  const cache = ["--offline", "--cache", join(folder, "empty-cache")];
  execFileSync("npm", ["install", "--global", ...cache, "--prefix", prefix, built.tarball], { cwd: folder });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the npm tarball, installed offline into a bare prefix", () => {
  it("brings every program and its manual page", () => {
    const programs = readdirSync(join(prefix, "bin")).sort();
    expect(programs).toEqual(
      expect.arrayContaining(["corosync", "corosync-blackbox", "corosync-cpgtool", "corosync-keygen"]),
    );
    for (const program of programs)
      expect(existsSync(join(prefix, "share/man/man8", `${program}.8`))).toBe(true);
  });

  it("tells its version and makes a key", () => {
    expect(run("corosync", "-v")).toMatch(
      /^Corosync Cluster Engine, version '3\.1\.7' \(TypeScript \d+\.\d+\.\d+\)\n/,
    );
    const key = join(folder, "authkey");
    run("corosync-keygen", "-k", key);
    expect(statSync(key).size).toBe(256);
    expect(statSync(key).mode & 0o777).toBe(0o400);
  });

  it("accepts the example configuration that it brings", () => {
    const example = join(prefix, "lib/node_modules/corosync/deployment/corosync.conf");
    const own = join(folder, "example.conf");
    const text = readFileSync(example, "utf8").replaceAll("/var/log/corosync", folder);
    writeFileSync(own, `${text}system {\n\tstate_dir: ${folder}\n}\n`);
    expect(() => run("corosync", "-t", "-c", own)).not.toThrow();
  });

  it("runs a daemon that forms its ring and ends at a signal", { timeout: 60_000 }, async () => {
    const configuration = join(folder, "corosync.conf");
    writeFileSync(
      configuration,
      `totem {\n version: 2\n cluster_name: installed\n transport: udpu\n interface {\n  mcastport: 45405\n }\n}
nodelist {\n node {\n  nodeid: 1\n  ring0_addr: 127.0.0.1\n }\n}
logging {\n to_stderr: yes\n to_syslog: no\n}
system {\n state_dir: ${folder}\n ipc_socket_dir: ${folder}\n}\n`,
    );
    const daemon = spawn(
      join(prefix, "bin/corosync"),
      ["-f", "-c", configuration, "-l", join(folder, "corosync.pid")],
      { cwd: "/", env: environment(), stdio: ["ignore", "ignore", "pipe"] },
    );
    let log = "";
    await new Promise<void>((resolve, reject) => {
      daemon.once("exit", (code) => reject(new Error(`exited with ${code}:\n${log}`)));
      daemon.stderr.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        if (log.includes("Completed service synchronization, ready to provide service.")) resolve();
      });
    });
    daemon.removeAllListeners("exit");
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
