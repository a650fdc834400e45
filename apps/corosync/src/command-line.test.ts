import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.ts";

const DEFAULTS = {
  kind: "run",
  foreground: false,
  testOnly: false,
  configPath: null,
  lockPath: null,
  report: null,
};

/** Usage of corosync 3.1.7, to which `-l` of 3.1.10 and ours are added. */
const C_USAGE = `usage:
        -c     : Corosync config file path.
        -f     : Start application in foreground.
        -t     : Test configuration and exit.
        -v     : Display version, git revision and some useful information about Corosync and exit.
`;

function wrongText(words: string[]): string {
  const parsed = parseCommandLine(words);
  if (parsed.kind !== "wrong") return "";
  return parsed.text.replace(/ {8}(-l|--explain|--json) .*\n/g, "");
}

describe("the command line", () => {
  it("starts in the background with the default file when nothing is said", () => {
    expect(parseCommandLine([])).toEqual(DEFAULTS);
  });

  it("takes options apart, bundled, with the value attached or as the next word", () => {
    const expected = { ...DEFAULTS, foreground: true, configPath: "a.conf", lockPath: "b.pid" };
    expect(parseCommandLine(["-f", "-c", "a.conf", "-l", "b.pid"])).toEqual(expected);
    expect(parseCommandLine(["-fca.conf", "-lb.pid"])).toEqual(expected);
    expect(parseCommandLine(["-ft"])).toEqual({ ...DEFAULTS, foreground: true, testOnly: true });
  });

  it("takes the next word as a value even when it looks like an option", () => {
    expect(parseCommandLine(["-c", "-f"])).toEqual({ ...DEFAULTS, configPath: "-f" });
  });

  it("takes a wish for a report as one for a test", () => {
    expect(parseCommandLine(["--explain"])).toEqual({ ...DEFAULTS, testOnly: true, report: "explain" });
    expect(parseCommandLine(["-t", "--json"])).toEqual({ ...DEFAULTS, testOnly: true, report: "json" });
    expect(wrongText(["--jsn"])).toBe(`corosync: invalid option -- '-'\n${C_USAGE}`);
  });

  it("ignores other words and stops at --", () => {
    expect(parseCommandLine(["word", "-f", "-"])).toEqual({ ...DEFAULTS, foreground: true });
    expect(parseCommandLine(["--", "-v"])).toEqual(DEFAULTS);
  });

  it("answers -v as soon as it is met, and a bad option as soon as that is", () => {
    expect(parseCommandLine(["-v", "-x"])).toEqual({ kind: "version" });
    expect(parseCommandLine(["-x", "-v"]).kind).toBe("wrong");
  });

  it.each([
    [["-x"], "invalid option -- 'x'"],
    [["-h"], "invalid option -- 'h'"],
    [["-p"], "invalid option -- 'p'"],
    [["--foo"], "invalid option -- '-'"],
    [["-c"], "option requires an argument -- 'c'"],
  ])("refuses %j in getopt's words, with the usage", (words, text) => {
    expect(wrongText(words)).toBe(`corosync: ${text}\n${C_USAGE}`);
  });
});
