import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { daemonEntryPath } from "../src/index.ts";

const NOBODY = 65534;
/** Each test starts the daemon as a process, some several times. */
const LIMIT_MS = 20_000;
const GOOD = `totem {
version: 2
transport: udpu
}
nodelist {
node {
nodeid: 1
name: ${hostname()}
ring0_addr: 127.0.0.1
}
}
system {
state_dir: /
}
logging {
to_syslog: no
timestamp: off
}
`;
const ACCEPTED = "notice  [MAIN  ] Corosync Cluster Engine exiting normally\n";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-bad-"));
  path = join(folder, "corosync.conf");
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `corosync -t`, as nobody unless that is this user anyway when rights matter. */
function test(file: string, { words = ["-t"], asNobody = false } = {}) {
  const user = asNobody && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const { status, stdout, stderr } = spawnSync(process.execPath, [daemonEntryPath, ...words, "-c", file], {
    encoding: "utf8",
    ...user,
  });
  return { exit: status, stdout, stderr };
}

function refusal(stderr: string) {
  return { exit: 8, stdout: "", stderr };
}

describe("a configuration that cannot be read", { timeout: LIMIT_MS }, () => {
  it("is refused when it may not be read", () => {
    writeFileSync(path, GOOD, { mode: 0 });
    expect(test(path, { asNobody: true })).toEqual(refusal(`Can't read file ${path}: Permission denied\n`));
  });

  it("is refused when it is a directory, or below a file", () => {
    expect(test(folder)).toEqual(refusal(`Can't read file ${folder}: Is a directory\n`));
    writeFileSync(path, GOOD);
    expect(test(join(path, "x"))).toEqual(refusal(`Can't read file ${path}/x: Not a directory\n`));
  });

  it("is refused when links lead nowhere or in a circle", () => {
    symlinkSync(join(folder, "missing"), path);
    expect(test(path)).toEqual(refusal(`Can't read file ${path}: No such file or directory\n`));
    const circle = join(folder, "circle");
    symlinkSync(circle, circle);
    expect(test(circle)).toEqual(refusal(`Can't read file ${circle}: Too many levels of symbolic links\n`));
  });

  it("is refused when it has no end", () => {
    expect(test("/dev/zero")).toEqual(refusal("Can't read file /dev/zero: File too large\n"));
  });
});

describe("a configuration with strange content", { timeout: LIMIT_MS }, () => {
  it.each([
    ["a NUL byte", "totem {\nversion: 2\0\n", ":2: Line contains a NUL byte"],
    ["a line of a megabyte", `# comment\na: ${"x".repeat(1 << 20)}\n`, ":2: Line too long"],
    ["a comment of a megabyte", `#${"x".repeat(1 << 20)}\n`, ":1: Line too long"],
    [
      "a megabyte of braces",
      "a {\n".repeat(1 << 18),
      ":128: Start of section makes total cmap path too long",
    ],
    ["nothing but bytes", "\x01\x02\x7f\n", ":1: Line is not opening or closing section or key value"],
  ])("%s", (_what, content, reason) => {
    writeFileSync(path, content);
    expect(test(path)).toEqual(refusal(`parser error: ${path}${reason}\n`));
  });

  it("invalid UTF-8 in values and comments is taken as it is, in names it is refused", () => {
    const bytes = (text: string) => Buffer.from(text, "latin1");
    writeFileSync(
      path,
      Buffer.concat([bytes("# \xff\xfe\n"), bytes(GOOD), bytes("own {\nkey: \xff\xc3\n}\n")]),
    );
    expect(test(path)).toEqual({ exit: 0, stdout: "", stderr: ACCEPTED });
    writeFileSync(path, Buffer.concat([bytes(GOOD), bytes("own {\nk\xff: 1\n}\n")]));
    expect(test(path)).toEqual(
      refusal(
        `parser error: ${path}:20: Can't store key "own.k\ufffd" into icmap, returned error is CS_ERR_NAME_TOO_LONG\n`,
      ),
    );
  });

  it("a hundred thousand keys are taken", () => {
    const keys = Array.from({ length: 100_000 }, (_, number) => `key${number}: v\n`).join("");
    writeFileSync(path, `${GOOD}own {\n${keys}}\n`);
    expect(test(path)).toEqual({ exit: 0, stdout: "", stderr: ACCEPTED });
  });

  it("files of uidgid.d that cannot be read are passed over, faults in others are not", () => {
    writeFileSync(path, GOOD);
    mkdirSync(join(folder, "uidgid.d/folder"), { recursive: true });
    symlinkSync("missing", join(folder, "uidgid.d/dangling"));
    symlinkSync("circle", join(folder, "uidgid.d/circle"));
    expect(test(path)).toEqual({ exit: 0, stdout: "", stderr: ACCEPTED });
    const explained = test(path, { words: ["--explain"] });
    expect(explained.exit).toBe(0);
    for (const [name, reason] of [
      ["folder", "Not a file"],
      ["dangling", "No such file or directory"],
      ["circle", "Too many levels of symbolic links"],
    ]) {
      expect(explained.stderr).toContain(`${folder}/uidgid.d/${name}: warning: is passed over: ${reason}\n`);
    }
    writeFileSync(join(folder, "uidgid.d/wrong"), "uidgid {\nuid: 1\0\n}\n");
    expect(test(path)).toEqual(
      refusal(`parser error: ${folder}/uidgid.d/wrong:2: Line contains a NUL byte\n`),
    );
  });
});

describe("corosync -t --explain and --json", { timeout: LIMIT_MS }, () => {
  const FAULTY = GOOD.replace("udpu", "updu").replace("timestamp: off", "timestamp: off\nfileline: onn");

  it("shows each finding with its line, after the words of the C daemon", () => {
    writeFileSync(path, FAULTY);
    expect(test(path, { words: ["-t", "--explain"] })).toEqual({
      exit: 7,
      stdout: "",
      stderr: `parse error in config: unknown value for fileline.
${path}:18:11: error: unknown value for fileline.
   18 | fileline: onn
      |           ^^^
  The words are on, off.
  Perhaps: on

${path}:3:12: error: Invalid transport type. Should be udpu, udp or knet
    3 | transport: updu
      |            ^^^^
  The words are knet, udpu, udp.
  Perhaps: udpu
`,
    });
  });

  it("prints all findings for programs, and tests without -t too", () => {
    writeFileSync(path, FAULTY);
    const { exit, stdout, stderr } = test(path, { words: ["--json"] });
    expect([exit, stderr]).toEqual([7, "parse error in config: unknown value for fileline.\n"]);
    const report = JSON.parse(stdout) as { findings: object[] };
    expect(report).toMatchObject({ file: path, valid: false, exitCode: 7 });
    expect(report.findings).toHaveLength(2);
    expect(report.findings[0]).toEqual({
      severity: "error",
      file: path,
      line: 18,
      column: 11,
      length: 3,
      source: "fileline: onn",
      key: "logging.fileline",
      text: "unknown value for fileline.",
      reason: "The words are on, off.",
      suggestion: "on",
    });
  });

  it("says when there is nothing to say", () => {
    writeFileSync(path, GOOD);
    expect(test(path, { words: ["--explain"] })).toEqual({
      exit: 0,
      stdout: "",
      stderr: `${ACCEPTED}Nothing to remark.\n`,
    });
    expect(JSON.parse(test(path, { words: ["--json"] }).stdout)).toEqual({
      file: path,
      valid: true,
      exitCode: 0,
      findings: [],
    });
  });

  it("tells of a file that is not there, and sends nothing to the terminal that it would obey", () => {
    const missing = join(folder, "missing");
    expect(JSON.parse(test(missing, { words: ["--json"] }).stdout)).toMatchObject({
      valid: false,
      findings: [{ line: null, text: `Can't read file ${missing}: No such file or directory` }],
    });
    writeFileSync(path, `${GOOD}\x1b[31mword\n`);
    expect(test(path, { words: ["--explain"] }).stderr).toContain("   19 | \\x1b[31mword");
  });
});
