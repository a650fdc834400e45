import type { LogLevel } from "@corosync/service";
import type { LineOptions } from "./line-format.ts";

/** What one subsystem writes where (spec config 9.1, 9.5). */
export interface SubsystemSettings {
  /** Least severe level that goes to the log file, and to stderr. */
  readonly fileLevel: LogLevel;
  readonly syslogLevel: LogLevel;
  /** Path of the log file, or null for none. */
  readonly logFile: string | null;
}

/** The whole logging section, resolved. */
export interface LogSettings extends LineOptions {
  /** One JSON object a line on stderr and in log files instead of the C daemon's text. */
  readonly json: boolean;
  readonly toStderr: boolean;
  readonly toSyslog: boolean;
  readonly syslogFacility: string;
  readonly topLevel: SubsystemSettings;
  readonly subsystems: ReadonlyMap<string, SubsystemSettings>;
}

/** What holds before the configuration is read and where it says nothing. */
export const DEFAULT_LOG_SETTINGS: LogSettings = {
  timestamp: "hires",
  fileLine: false,
  functionName: false,
  json: false,
  toStderr: true,
  toSyslog: true,
  syslogFacility: "daemon",
  topLevel: { fileLevel: "info", syslogLevel: "info", logFile: null },
  subsystems: new Map(),
};
