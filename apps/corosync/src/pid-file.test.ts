import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonExit } from "./daemon-exit.ts";
import { isCorosyncProcess, PidFile } from "./pid-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-pid-"));
  path = join(folder, "corosync.pid");
});
afterEach(() => rmSync(folder, { recursive: true }));

const nobody = () => false;
const everybody = () => true;

function refusal(action: () => unknown): [number, string] {
  try {
    action();
  } catch (error) {
    if (error instanceof DaemonExit) return [error.exitCode, error.message];
    throw error;
  }
  return [0, ""];
}

describe("the pid file", () => {
  it("holds the pid and a line end, mode 0640, until it is released", () => {
    const file = PidFile.acquire(path, 4711, nobody);
    expect(readFileSync(path, "latin1")).toBe("4711\n");
    expect(statSync(path).mode & 0o777).toBe(0o640);
    file.release();
    expect(existsSync(path)).toBe(false);
  });

  it("refuses with 18 while another instance holds it", () => {
    PidFile.acquire(path, 4711, nobody);
    const [code, text] = refusal(() => PidFile.acquire(path, 4712, everybody));
    expect([code, text]).toEqual([18, "Another Corosync instance is already running."]);
    expect(readFileSync(path, "latin1")).toBe("4711\n");
  });

  it.each(["4711\n", "", "garbage", "99999999999999\n"])(
    "takes over a file left behind with %j",
    (content) => {
      writeFileSync(path, content);
      PidFile.acquire(path, 12, (pid) => pid !== 4711);
      expect(readFileSync(path, "latin1")).toBe("12\n");
    },
  );

  it("takes over a file with its own pid, as after a restart in a container", () => {
    writeFileSync(path, "1\n");
    PidFile.acquire(path, 1, everybody).release();
    expect(existsSync(path)).toBe(false);
  });

  it("refuses with 17 and the reason when the file cannot be made", () => {
    const missing = join(folder, "no", "corosync.pid");
    const [code, text] = refusal(() => PidFile.acquire(missing, 1, nobody));
    expect(code).toBe(17);
    expect(text).toContain(missing);
    expect(text).toContain("No such file or directory");
  });

  it("leaves the file alone when it has become another's", () => {
    const file = PidFile.acquire(path, 4711, nobody);
    writeFileSync(path, "4712\n");
    file.release();
    expect(readFileSync(path, "latin1")).toBe("4712\n");
  });
});

describe("isCorosyncProcess", () => {
  it("does not take a process of another name, or none, for a Corosync", () => {
    expect(isCorosyncProcess(process.ppid)).toBe(false);
    expect(isCorosyncProcess(2 ** 31)).toBe(false);
  });
});
