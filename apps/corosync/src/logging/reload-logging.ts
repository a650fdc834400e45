import type { ConfigError, LogSettings } from "@corosync/config";
import { DaemonExit } from "../daemon-exit.ts";
import type { SubsystemLog } from "./log-system.ts";
import type { TargetOpener } from "./open-targets.ts";

/** What was read: log settings, or the error that kept them from being read. */
export interface ReadLogSettings {
  readonly logging: LogSettings | null;
  readonly error: ConfigError | null;
}

/**
 * Gives a running daemon the log settings of its configuration file as it is now, and opens the log files
 * anew. What is wrong in the file is logged and changes nothing; errors outside of its log settings do
 * not matter.
 */
export function reloadLogging(read: ReadLogSettings, targets: TargetOpener, log: SubsystemLog): void {
  try {
    if (read.logging === null) throw read.error ?? new Error("no log settings");
    targets.reconfigure(read.logging);
    log("notice", "The log settings were read again.");
  } catch (error) {
    if (!(error instanceof DaemonExit) && error !== read.error) throw error;
    log("error", `The log settings stay as they were: ${error instanceof Error ? error.message : error}`);
  }
  targets.reopenFiles();
}
