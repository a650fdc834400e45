import { describe, expect, it } from "vitest";
import { parseConfiguration } from "../file/parse-configuration.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { readLogging } from "./read-logging.ts";

const opened: string[] = [];
const environment: ConfigEnvironment = {
  hostName: "h",
  interfaces: [],
  defaultKeyFile: "",
  defaultStateDirectory: "",
  resolve: () => [],
  readKeyFile: () => ({ lengthBytes: 0 }),
  openLogFile: (path) => {
    opened.push(path);
    return path === "/no" ? { reason: "Permission denied", errno: 13 } : null;
  },
  enterDirectory: () => null,
};

function logging(...lines: string[]) {
  const content = new TextEncoder().encode(["logging {", ...lines, "}", ""].join("\n"));
  const accounts = { userId: () => null, groupId: () => null };
  return readLogging(parseConfiguration({ main: { path: "f", content }, uidgid: [] }, accounts), environment);
}

const subsystem = (name: string, ...lines: string[]) =>
  ["logger_subsys {", `subsys: ${name}`, ...lines, "}"].join("\n");

describe("readLogging", () => {
  it("has the defaults of the C daemon", () => {
    expect(logging()).toEqual({
      timestamp: "hires",
      fileLine: false,
      functionName: false,
      blackbox: true,
      json: false,
      toStderr: true,
      toSyslog: true,
      syslogFacility: "daemon",
      topLevel: { fileLevel: "info", syslogLevel: "info", logFile: null },
      subsystems: new Map(),
    });
  });

  it("opens a log file even when nothing goes to it", () => {
    opened.length = 0;
    expect(logging("logfile: /a", "to_logfile: no").topLevel.logFile).toBeNull();
    expect(opened).toEqual(["/a"]);
    expect(() => logging("logfile: /no")).toThrow(
      "parse error in config: Can't open logfile '/no' for reason: Permission denied (13).",
    );
  });

  it("lets debug overrule priorities, and subsystems not inherit it", () => {
    const found = logging(
      "debug: on",
      "logfile_priority: crit",
      subsystem("CPG"),
      subsystem("QB", "debug: trace"),
    );
    expect(found.topLevel).toMatchObject({ fileLevel: "debug", syslogLevel: "debug" });
    expect(found.subsystems.get("CPG")).toMatchObject({ fileLevel: "crit", syslogLevel: "info" });
    expect(found.subsystems.get("QB")).toMatchObject({ fileLevel: "trace", syslogLevel: "trace" });
  });

  it("gives subsystems their own file and priorities", () => {
    const found = logging(
      "to_logfile: yes",
      "logfile: /all",
      "syslog_priority: ERR",
      subsystem("CPG", "logfile: /cpg", "syslog_priority: Notice"),
      subsystem("QB", "to_logfile: no"),
      subsystem("MAIN"),
    );
    const all = { fileLevel: "info", syslogLevel: "error", logFile: "/all" };
    expect(found.topLevel).toEqual(all);
    expect(found.subsystems.get("MAIN")).toEqual(all);
    expect(found.subsystems.get("QB")).toEqual({ ...all, logFile: null });
    expect(found.subsystems.get("CPG")).toEqual({ ...all, syslogLevel: "notice", logFile: "/cpg" });
  });

  it("keeps one facility, which a section without one does not change", () => {
    expect(logging("syslog_facility: local3", subsystem("CPG")).syslogFacility).toBe("local3");
    expect(logging(subsystem("CPG", "syslog_facility: mail"), subsystem("QB")).syslogFacility).toBe("mail");
  });

  it("has room for 32 subsystems", () => {
    const sections = Array.from({ length: 16 }, (_, n) => subsystem(`X${n}`));
    expect(logging(...sections.slice(0, 15)).subsystems.size).toBe(15);
    expect(() => logging(...sections)).toThrow("unable to create new logging subsystem");
  });

  it.each([
    "to_syslog: maybe",
    "debug: yes",
    "syslog_facility: LOCAL0",
    "logfile_priority: trace",
    "json: 1",
  ])("refuses %j", (line) => {
    expect(() => logging(line)).toThrow(/^parse error in config: unknown .*\.$/);
  });
});
