import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";

const ENTRY = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const LINE =
  /^\d\d:\d\d:\d\d\.\d{3} {2}(?:node \d {3}|cluster {2})(?:start|stop|ring|group|message|network|check|log|trouble) +\S/;

/** The cluster's program without a terminal. */
class Run {
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;
  output = "";

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, [ENTRY, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.code = new Promise((resolve) => {
      this.child.once("close", resolve);
    });
  }

  get lines(): string[] {
    return this.output.trimEnd().split("\n");
  }

  /** The daemons that it has started. */
  get daemons(): number[] {
    return [...this.output.matchAll(/ start {4}daemon (\d+) on /g)].map((match) => Number(match[1]));
  }

  /** Process id of the daemon of a node. */
  daemon(node: number): number {
    return Number(new RegExp(`node ${node} {3}start {4}daemon (\\d+) on `).exec(this.output)![1]);
  }

  get folder(): string {
    return /files in (\S+)/.exec(this.output)![1]!;
  }
}

function alive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1") === "corosync\n";
  } catch {
    return false;
  }
}

const runs: Run[] = [];
function start(...words: string[]): Run {
  const run = new Run(...words);
  runs.push(run);
  return run;
}
afterEach(() => {
  for (const run of runs.splice(0)) run.child.kill("SIGKILL");
});

describe("the cluster on this machine", { timeout: 60_000 }, () => {
  it("runs three nodes, lets them talk, finds one order and leaves nothing behind", async () => {
    const run = start("--seconds", "3");
    const code = await run.code;
    expect(run.lines.filter((line) => !LINE.test(line))).toEqual([]);
    expect(run.output).toMatch(
      /cluster {2}check {4}PASSED: all 3 nodes delivered the same 318 messages in the same order\n/,
    );
    expect(code).toBe(0);
    expect(run.output).not.toContain("trouble");
    for (const node of [1, 2, 3]) {
      expect(run.output).toMatch(new RegExp(`node ${node} {3}ring {5}ring 1\\.[0-9a-f]+, members: 1 2 3\n`));
      expect(run.output).toMatch(new RegExp(`node ${node} {3}message {2}node 2 says: hello 6 from node 2\n`));
    }
    expect(run.daemons).toHaveLength(3);
    expect(run.daemons.filter(alive)).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("stops its daemons at %s", async (signal) => {
    const run = start("--seconds", "600", "--nodes", "2");
    await vi.waitFor(() => expect(run.output).toContain("says: hello"), { timeout: 30_000 });
    run.child.kill(signal);
    expect(await run.code).toBe(1);
    expect(run.daemons).toHaveLength(2);
    expect(run.daemons.filter(alive)).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });

  it("ends although a daemon hangs, which it kills", async () => {
    const run = start("--seconds", "600", "--nodes", "2");
    await vi.waitFor(() => expect(run.output).toContain("says: hello"), { timeout: 30_000 });
    process.kill(run.daemon(2), "SIGSTOP");
    run.child.kill("SIGINT");
    expect(await run.code).toBe(1);
    expect(run.output).toMatch(/node 2 {3}trouble {2}the daemon does not answer\n/);
    expect(run.output).toMatch(/node 2 {3}trouble {2}the daemon did not leave and was killed\n/);
    expect(run.daemons.filter(alive)).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });

  it("takes its daemons along when it is killed", async () => {
    const run = start("--seconds", "600", "--nodes", "2");
    await vi.waitFor(() => expect(run.output).toContain("says: hello"), { timeout: 30_000 });
    run.child.kill("SIGKILL");
    await run.code;
    expect(run.daemons).toHaveLength(2);
    await vi.waitFor(() => expect(run.daemons.filter(alive)).toEqual([]), { timeout: 10_000 });
    // With the key in it.
    await vi.waitFor(() => expect(existsSync(run.folder)).toBe(false), { timeout: 10_000 });
  });

  it("ends with 1 when a daemon dies", async () => {
    const run = start("--seconds", "600", "--nodes", "2");
    await vi.waitFor(() => expect(run.output).toContain("says: hello"), { timeout: 30_000 });
    process.kill(run.daemon(1), "SIGKILL");
    expect(await run.code).toBe(1);
    expect(run.lines.filter((line) => !LINE.test(line))).toEqual([]);
    expect(run.output).toContain("trouble  the daemon was ended by SIGKILL");
    expect(run.output).toMatch(/node 1 {3}log {6}.* notice +\[TOTEM \] A new membership/);
    expect(run.output.match(/ trouble /g)).toHaveLength(1);
    expect(run.output).toContain("check    FAILED: the daemon of node 1 was ended by SIGKILL\n");
  });
});
