import type { LogLevel } from "@corosync/service";

/** Levels by syslog severity; 0 is the most severe, trace lies beyond syslog's range (spec config 9.1). */
export const LEVEL_NUMBER: Readonly<Record<LogLevel, number>> = {
  emerg: 0,
  alert: 1,
  crit: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
  trace: 8,
};

export const LEVELS = Object.keys(LEVEL_NUMBER) as readonly LogLevel[];
