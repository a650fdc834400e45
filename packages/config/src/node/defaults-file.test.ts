import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkDefaultsFiles } from "./defaults-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "defaults-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is said about a text, and the command lines that were asked about. */
async function check(text: string) {
  const path = join(folder, "corosync");
  writeFileSync(path, text);
  const asked: (readonly string[])[] = [];
  const fault = (words: readonly string[]) => {
    asked.push(words);
    return words.includes("-x") ? "invalid option -- 'x'" : null;
  };
  const findings = await checkDefaultsFiles(fault, [path]);
  const told = findings.map(({ line, column, length, text, suggestion }) => [
    line,
    column,
    length,
    text,
    suggestion,
  ]);
  return { asked, told };
}

describe("checkDefaultsFiles", () => {
  it("has nothing to say to what the daemon knows", async () => {
    const text =
      '# Corosync\nCOROSYNC_OPTIONS="-c /etc/other.conf  -f"\nCOROSYNC_INIT_TIMEOUT=90\nNODE_OPTIONS=x\n';
    expect(await check(text)).toEqual({ asked: [["-c", "/etc/other.conf", "-f"]], told: [] });
  });

  it("remarks unknown variables, options and times, with their lines", async () => {
    const text = "OPTIONS=x\n COROSYNC_OPTION=-f\r\nCOROSYNC_OPTIONS=-x\nCOROSYNC_INIT_TIMEOUT=soon\n";
    expect((await check(text)).told).toEqual([
      [1, 1, 9, "unknown variable OPTIONS", null],
      [2, 2, 18, "unknown variable COROSYNC_OPTION", "COROSYNC_OPTIONS"],
      [3, 1, 19, "invalid option -- 'x'", null],
      [4, 1, 26, "COROSYNC_INIT_TIMEOUT is no number of seconds", null],
    ]);
  });

  it("takes quotes of both kinds, and signs of comments within quotes; the last line counts", async () => {
    const options = async (text: string) => (await check(text)).asked;
    expect(await options("COROSYNC_OPTIONS='-c /etc/a;b.conf'\r\n")).toEqual([["-c", "/etc/a;b.conf"]]);
    expect(await options('COROSYNC_OPTIONS="-c /etc/a#b.conf"\n; other\n#COROSYNC_OPTIONS=-t\n')).toEqual([
      ["-c", "/etc/a#b.conf"],
    ]);
    expect(await options("COROSYNC_OPTIONS=-t\nCOROSYNC_OPTIONS=-f\n")).toEqual([["-f"]]);
    expect((await check("COROSYNC_OPTIONS=-f\nCOROSYNC_OPTIONS=-x\n")).told).toMatchObject([
      [2, 1, 19, expect.any(String), null],
    ]);
  });

  it("passes over files that are not there, and names those that cannot be read", async () => {
    const found = await checkDefaultsFiles(() => null, [join(folder, "missing"), folder]);
    expect(found).toEqual([
      {
        severity: "warning",
        file: folder,
        line: null,
        column: null,
        length: 0,
        source: null,
        key: null,
        text: "cannot be read: Is a directory",
        reason: "A service manager cannot read it either.",
        suggestion: null,
      },
    ]);
  });
});
