import { encodeFlightData, flightDataText } from "@corosync/blackbox";
import type { LogSettings, SubsystemLogSettings } from "@corosync/config";
import { describe, expect, it } from "vitest";
import type { LineTarget } from "./line-target.ts";
import { LogSystem, type LogTargets } from "./log-system.ts";
import { DEFAULT_LOG_SETTINGS } from "./settings.ts";

class Lines implements LineTarget {
  readonly lines: string[] = [];

  write(line: string): void {
    this.lines.push(line);
  }

  async close(): Promise<void> {}
}

const QUIET: SubsystemLogSettings = { fileLevel: "info", syslogLevel: "info", logFile: "/main.log" };

function logTo(settings: Partial<LogSettings>) {
  const stderr = new Lines();
  const syslog = new Lines();
  const main = new Lines();
  const totem = new Lines();
  const files = new Map([
    ["/main.log", main],
    ["/totem.log", totem],
  ]);
  const targets: LogTargets = { stderr, syslog, files };
  const all = { ...DEFAULT_LOG_SETTINGS, timestamp: "off" as const, topLevel: QUIET, ...settings };
  const system = new LogSystem(all, targets, { pid: 7, hostName: "n1" }, () => 1_000);
  return {
    system,
    targets,
    stderr: stderr.lines,
    syslog: syslog.lines,
    main: main.lines,
    totem: totem.lines,
  };
}

describe("LogSystem", () => {
  it("writes one message to every target in that target's form", () => {
    const { system, stderr, syslog, main } = logTo({});
    system.subsystem("MAIN")("notice", "hello");
    expect(stderr).toEqual(["notice  [MAIN  ] hello"]);
    expect(main).toEqual(["[7] n1 corosyncnotice  [MAIN  ] hello"]);
    expect(syslog).toEqual(["<29> [MAIN  ] hello"]);
  });

  it("records messages of all levels, whatever the targets get, unless blackbox is off", () => {
    const { system, targets, stderr } = logTo({});
    const recorded = () => {
      const lines = system.recorder === null ? [] : [...flightDataText(encodeFlightData(system.recorder))];
      return lines.filter((line) => line.includes("):")).map((line) => line.replace(/ .* /, " "));
    };
    expect(system.recorder).toBeNull();
    system.configure({ ...DEFAULT_LOG_SETTINGS, topLevel: QUIET }, targets);
    system.subsystem("TOTEM")("trace", "t");
    system.subsystem("MAIN")("error", "e");
    system.logAt({ file: "a.ts", line: 12, function: "find" }, "CPG", "debug", "d");
    expect(recorded()).toEqual(["trace t", "error e", "debug d"]);
    expect([...flightDataText(encodeFlightData(system.recorder!))].at(-1)).toMatch(/ find\(12\):5: d$/);
    expect(stderr).toHaveLength(1);
    system.configure({ ...DEFAULT_LOG_SETTINGS, blackbox: false }, targets);
    system.subsystem("MAIN")("error", "e");
    expect(recorded()).toEqual([]);
  });

  it("tests the file's and syslog's thresholds apart; stderr follows the file's", () => {
    const topLevel = { ...QUIET, fileLevel: "error", syslogLevel: "debug" } as const;
    const { system, stderr, syslog, main } = logTo({ topLevel });
    const log = system.subsystem("TOTEM");
    log("debug", "d");
    log("trace", "t");
    log("error", "e");
    expect(stderr).toEqual(["error   [TOTEM ] e"]);
    expect(main).toHaveLength(1);
    expect(syslog).toEqual(["<30> [TOTEM ] d", "<27> [TOTEM ] e"]);
  });

  it("gives a subsystem its own level and file", () => {
    const own = { fileLevel: "debug", syslogLevel: "crit", logFile: "/totem.log" } as const;
    const { system, stderr, main, totem, syslog } = logTo({ subsystems: new Map([["TOTEM", own]]) });
    system.subsystem("TOTEM")("debug", "t");
    system.subsystem("CPG")("debug", "c");
    system.subsystem("CPG")("info", "i");
    expect(stderr).toEqual(["debug   [TOTEM ] t", "info    [CPG   ] i"]);
    expect(totem).toEqual(["[7] n1 corosyncdebug   [TOTEM ] t"]);
    expect(main).toEqual(["[7] n1 corosyncinfo    [CPG   ] i"]);
    expect(syslog).toEqual(["<30> [CPG   ] i"]);
  });

  it("writes JSON with level, time, process, host, subsystem and text", () => {
    const { system, stderr, main, syslog } = logTo({ json: true });
    system.subsystem("MAIN")("warning", 'say "hi"\n');
    expect(JSON.parse(stderr[0]!)).toEqual({
      level: "warning",
      time: "1970-01-01T00:00:01.000Z",
      pid: 7,
      host: "n1",
      subsys: "MAIN",
      msg: 'say "hi"\n',
    });
    expect(main).toEqual(stderr);
    expect(syslog).toEqual([`<28> [MAIN  ] say "hi"`]);
  });

  it("names the place that wrote the text, through every function that hands it on", () => {
    const { system, stderr } = logTo({ fileLine: true, functionName: true });
    const forward = system.subsystem("CPG");
    const host = { log: (text: string) => forward("info", text) };
    (function synchronize() {
      host.log("through two");
    })();
    expect(stderr[0]).toMatch(/^info {4}\[CPG {3}\] log-system\.test\.ts:synchronize:\d+ through two$/);
  });

  it("prints a place that is given", () => {
    const { system, stderr } = logTo({ fileLine: true });
    system.logAt({ file: "start.ts", line: 9, function: "start" }, "MAIN", "error", "no");
    expect(stderr).toEqual(["error   [MAIN  ] start.ts:9 no"]);
  });

  it("takes new settings at run time, for loggers handed out before too", () => {
    const { system, targets, stderr } = logTo({});
    const log = system.subsystem("MAIN");
    log("debug", "unseen");
    const topLevel = { ...QUIET, fileLevel: "trace" } as const;
    system.configure({ ...DEFAULT_LOG_SETTINGS, timestamp: "off", topLevel }, targets);
    log("trace", "seen");
    expect(stderr).toEqual(["trace   [MAIN  ] seen"]);
  });
});
