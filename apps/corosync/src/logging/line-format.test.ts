import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LineFormat, type LineOptions, type LogEntry } from "./line-format.ts";

interface VectorRecord {
  readonly name: string;
  readonly logging: string;
  readonly stderr: readonly string[];
  readonly syslog: readonly string[];
  readonly logfile: readonly string[];
}

const { records } = JSON.parse(
  readFileSync(new URL("../../test/vectors/logging-formats.json", import.meta.url), "utf8"),
) as { records: VectorRecord[] };

const LINE = new RegExp(
  [
    "^(?<time>\\w{3} \\d\\d [\\d:]{8}(?:\\.\\d{3})? )?",
    "(?<level>\\w+) +\\[(?<subsystem>\\w+) *\\]",
    "(?: (?<file>\\w+\\.c):(?:(?<both>\\w+):)?(?<line>\\d+))?",
    "(?: (?<function>main|\\w+_\\w+)(?= ))?",
    " (?<text>.*)$",
  ].join(""),
);

/** The message that stands behind a line of the C daemon's stderr. */
function entryOf(line: string): LogEntry {
  const parts = LINE.exec(line)!.groups!;
  const time = parts["time"] === undefined ? 0 : Date.parse(`2025 ${parts["time"]}UTC`);
  return {
    timeMs: time,
    level: parts["level"] as LogEntry["level"],
    subsystem: parts["subsystem"]!,
    text: parts["text"]!,
    site: {
      file: parts["file"] ?? "",
      line: Number(parts["line"] ?? 0),
      function: parts["both"] ?? parts["function"] ?? "",
    },
  };
}

function optionsOf(logging: string): LineOptions {
  const value = (key: string) => new RegExp(`^  ${key}: (.*)$`, "m").exec(logging)?.[1];
  return {
    timestamp: (value("timestamp") ?? "hires") as LineOptions["timestamp"],
    fileLine: value("fileline") === "on",
    functionName: value("function_name") === "on",
  };
}

let zone: string | undefined;
beforeEach(() => {
  zone = process.env["TZ"];
  process.env["TZ"] = "UTC";
});
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

describe("lines of the C daemon", () => {
  const shown = records.filter((record) => record.stderr.length > 0);

  it("has vectors to compare with", () => {
    expect(shown.length).toBeGreaterThan(12);
  });

  it.each(shown.map((record) => [record.name, record] as const))("%s", (_name, record) => {
    const pid = Number(/\[(\d+)\]/.exec(record.syslog[0]!)![1]);
    const format = new LineFormat(optionsOf(record.logging), { pid, hostName: "g1" });
    const facility = /^ {2}syslog_facility: (.*)$/m.exec(record.logging)?.[1];
    const resets = record.name.includes("resets the facility");

    const entries = record.stderr.map(entryOf);
    expect(entries.map((entry) => format.stderr(entry))).toEqual(record.stderr);

    const files = entries.map((entry) => format.file(entry));
    expect(files).toEqual(expect.arrayContaining([...record.logfile]));

    // What the C library puts before the text is syslog's own: time, ident and pid.
    const expected = record.syslog.map((line) =>
      line.replace(/>.*?corosync\[\d+\]:/, ">").replace("> ", ">"),
    );
    const syslog = entries.map((entry) => format.syslog(entry, resets ? "daemon" : (facility ?? "daemon")));
    expect(expected).toEqual(expect.arrayContaining(syslog));
  });
});

describe("a line", () => {
  const plain = { timestamp: "off", fileLine: false, functionName: false } as const;
  const format = new LineFormat(plain, { pid: 7, hostName: "n1" });
  const entry: LogEntry = { timeMs: 0, level: "info", subsystem: "MAIN", text: "x", site: null };

  it("cuts a long subsystem and pads a short one", () => {
    expect(format.stderr({ ...entry, subsystem: "CONFDBXYZ" })).toBe("info    [CONFDB] x");
    expect(format.stderr({ ...entry, subsystem: "WD" })).toBe("info    [WD    ] x");
  });

  it("drops one trailing line end and shows others", () => {
    expect(format.stderr({ ...entry, text: "a\n" })).toBe("info    [MAIN  ] a");
    expect(format.stderr({ ...entry, text: "a\nb\r\n" })).toBe("info    [MAIN  ] a\\nb\\r");
  });

  it("is cut at 511 bytes, between characters", () => {
    expect(format.stderr({ ...entry, text: "y".repeat(2000) })).toHaveLength(511);
    const line = format.stderr({ ...entry, text: "é".repeat(2000) });
    expect(Buffer.byteLength(line)).toBe(511);
    expect(line.endsWith("é")).toBe(true);
    expect(Buffer.byteLength(format.stderr({ ...entry, text: `y${"é".repeat(2000)}` }))).toBe(510);
  });

  it("shows the second and the millisecond it was written in", () => {
    const hires = new LineFormat({ ...plain, timestamp: "hires" }, { pid: 7, hostName: "n1" });
    const lines = [999, 1000, 61_001].map((timeMs) => hires.stderr({ ...entry, timeMs }));
    expect(lines.map((line) => line.slice(13, 19))).toEqual(["00.999", "01.000", "01.001"]);
    expect(lines[2]!.slice(0, 6)).toBe("Jan 01");
  });
});
