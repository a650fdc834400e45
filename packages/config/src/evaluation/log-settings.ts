/** Levels from the most severe to the least (spec config 9.1). */
export const LOG_LEVELS = [
  "emerg",
  "alert",
  "crit",
  "error",
  "warning",
  "notice",
  "info",
  "debug",
  "trace",
] as const;

/** Level of a log line, the most urgent first in `LOG_LEVELS`. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What one subsystem writes where (spec config 9.1, 9.5). */
export interface SubsystemLogSettings {
  /** Least severe level that goes to the log file, and to stderr. */
  readonly fileLevel: LogLevel;
  readonly syslogLevel: LogLevel;
  /** Path of the log file, or null for none. */
  readonly logFile: string | null;
}

/** The logging section, resolved. */
export interface LogSettings {
  readonly timestamp: "off" | "on" | "hires";
  readonly fileLine: boolean;
  readonly functionName: boolean;
  readonly blackbox: boolean;
  /** One JSON object a line instead of the C daemon's text (`logging.json`, not a key of the C daemon). */
  readonly json: boolean;
  readonly toStderr: boolean;
  readonly toSyslog: boolean;
  readonly syslogFacility: string;
  /** What holds for subsystems without settings of their own. */
  readonly topLevel: SubsystemLogSettings;
  readonly subsystems: ReadonlyMap<string, SubsystemLogSettings>;
}
