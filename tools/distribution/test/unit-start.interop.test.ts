import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDistribution } from "./build-distribution.ts";

/** What systemd does of a `Type=notify` unit, where it is not process 1: prints each datagram as a line. */
const RECEIVER = `
use Socket;
socket(my $s, PF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($s, sockaddr_un($ARGV[0])) or die $!;
$| = 1; print "bound\\n";
while (defined recv($s, my $m, 4096, 0)) { $m =~ s/\\n/ /g; print "$m\\n"; }
`;

let folder: string;
let unit: string;
const children: ChildProcess[] = [];

function start(program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(program, words, {
    cwd: "/",
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  return child;
}

beforeAll(() => {
  const built = buildDistribution(true);
  folder = built.folder;
  execFileSync("dpkg-deb", ["--extract", built.debianPackage!, join(folder, "system")]);
  unit = readFileSync(join(folder, "system/lib/systemd/system/corosync.service"), "utf8");
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

describe("the unit's command, started as systemd does", () => {
  it("says that it is ready when its ring is formed, and ends with 0 at SIGTERM", {
    timeout: 60_000,
  }, async () => {
    const [, command] = /^ExecStart=(.*)$/m.exec(unit)!;
    expect(unit).toMatch(/^Type=notify$/m);
    expect(unit).toMatch(/^NotifyAccess=all$/m);
    const state = join(folder, "state");
    mkdirSync(state);
    const configuration = join(folder, "corosync.conf");
    writeFileSync(
      configuration,
      `totem {\n version: 2\n transport: udpu\n interface {\n  mcastport: 45505\n }\n}
nodelist {\n node {\n  nodeid: 1\n  ring0_addr: 127.0.0.1\n }\n}
logging {\n to_syslog: no\n}
system {\n ipc_socket_dir: ${folder}\n}\n`,
    );
    const socket = join(folder, "notify");
    const receiver = start("perl", ["-e", RECEIVER, socket]);
    const lines = createInterface({ input: receiver.stdout! })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("bound");

    const options = `-c ${configuration} -l ${join(folder, "corosync.pid")}`;
    const words = command!.replace("$COROSYNC_OPTIONS", options).split(" ");
    const daemon = start(join(folder, "system", words[0]!), words.slice(1), {
      NOTIFY_SOCKET: socket,
      STATE_DIRECTORY: state,
    });
    const ended = once(daemon, "exit");
    expect((await lines.next()).value).toContain("READY=1");
    expect(readdirSync(state)).toContain("ringid_1");
    daemon.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
