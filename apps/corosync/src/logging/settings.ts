import type { LogSettings } from "@corosync/config";

/** What holds before the configuration is read. */
export const DEFAULT_LOG_SETTINGS: LogSettings = {
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
};
