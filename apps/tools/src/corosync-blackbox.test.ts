import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFlightData, FlightRecorder } from "@corosync/blackbox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runBlackbox } from "./corosync-blackbox.ts";

let folder = "";
const title = process.title;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-blackbox-"));
});
afterEach(() => {
  process.title = title;
  rmSync(folder, { recursive: true });
});

function writeDump(name: string, text: string): string {
  const recorder = new FlightRecorder(1024);
  recorder.record({ timeMs: 0, level: 5, tag: 8, function: "MAIN", line: 0, text });
  writeFileSync(join(folder, name), encodeFlightData(recorder));
  return join(folder, name);
}

/** Points the link at a dump as the daemon does. */
function point(path: string): void {
  symlinkSync(path, join(folder, "link"));
  renameSync(join(folder, "link"), join(folder, "fdata"));
}

async function run(words: readonly string[], onSignal: (pid: number) => void = () => undefined) {
  let [stdout, stderr] = ["", ""];
  const code = await runBlackbox(words, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    signal: onSignal,
    answerMs: 200,
  });
  return { code, stdout, stderr };
}

const here = () => ["-l", join(folder, "pid"), "-s", folder];

describe("corosync-blackbox", () => {
  it("asks the daemon and prints what it writes then", async () => {
    // This process plays the daemon.
    process.title = "corosync";
    writeFileSync(join(folder, "pid"), `${process.pid}\n`);
    point(writeDump("fdata-1", "old"));
    const { code, stdout, stderr } = await run(here(), (pid) => {
      expect(pid).toBe(process.pid);
      setTimeout(() => point(writeDump("fdata-2", "new")), 10);
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Dumping the contents of ${folder}/fdata\nRingbuffer: \n ->NORMAL\n`));
    expect(stdout).toMatch(/^notice {2}\w{3} \d\d \d\d:\d\d:\d\d\.\d{3} MAIN\(0\):8: new\n$/m);
    expect(stdout).not.toContain("old");
  });

  it("prints the last dump when the daemon is gone or does not answer, and says so", async () => {
    point(writeDump("fdata-1", "old"));
    const gone = await run(here());
    expect(gone.stderr).toBe(
      `Can't ask the daemon of ${folder}/pid for its flight data: No such file or directory (2)\n`,
    );
    process.title = "corosync";
    writeFileSync(join(folder, "pid"), `${process.pid}\n`);
    const silent = await run(here());
    expect(silent.stderr).toBe(`The daemon of ${folder}/pid has written nothing to ${folder}/fdata\n`);
    for (const { code, stdout } of [gone, silent]) {
      expect(code).toBe(0);
      expect(stdout).toContain(": old\n");
    }
  });

  it("signals no process but a corosync", async () => {
    process.title = "something else";
    const signalled: number[] = [];
    for (const content of [`${process.pid}\n`, "-1\n", "0\n", "garbage", ""]) {
      writeFileSync(join(folder, "pid"), content);
      const { stderr } = await run(here(), (pid) => void signalled.push(pid));
      expect(stderr).toMatch(/(is no corosync|it holds no pid)\n/);
    }
    expect(signalled).toEqual([]);
  });

  it("exits 0 when there is nothing to print, as in C", async () => {
    const { code, stdout, stderr } = await run(here());
    expect([code, stdout]).toEqual([0, `Dumping the contents of ${folder}/fdata\n`]);
    expect(stderr).toContain(`Can't read flight data from ${folder}/fdata: No such file or directory (2)\n`);
  });

  it("prints a file that it is given, or says what is wrong with it: 1", async () => {
    expect((await run([writeDump("one", "mine")])).stdout).toContain(": mine\n");
    writeFileSync(join(folder, "two"), "no dump");
    for (const [path, reason] of [
      [join(folder, "two"), "the file is too short"],
      [folder, "Is a directory (21)"],
    ] as const) {
      const { code, stdout, stderr } = await run([path]);
      expect([code, stdout, stderr]).toEqual([1, "", `Can't read flight data from ${path}: ${reason}\n`]);
    }
  });

  it("prints its usage for -h, and for a wrong option: 1", async () => {
    const { code, stdout } = await run(["-h"]);
    expect([code, stdout.split("\n")[0]]).toEqual([
      0,
      "Usage: corosync-blackbox [-l pidfile] [-s statedir] [-h] [FILE]",
    ]);
    const wrong = await run(["-x"]);
    expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
    expect(wrong.stderr).toMatch(/^corosync-blackbox: invalid option -- 'x'\nUsage: /);
  });
});
