import { displayText } from "../byte-text.ts";
import { SYSLOG_FACILITIES } from "../catalogue/other-keys.ts";
import { ConfigError } from "../config-error.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { LOG_LEVELS, type LogLevel } from "./log-settings.ts";

/** What `logging { }` or one `logger_subsys { }` says; undefined is what it does not say. */
export interface SectionLogSettings {
  readonly toStderr?: boolean | undefined;
  readonly toSyslog?: boolean | undefined;
  readonly toLogFile?: boolean | undefined;
  readonly facility?: string | undefined;
  readonly syslogPriority?: LogLevel | undefined;
  readonly filePriority?: LogLevel | undefined;
  readonly logFile?: string | undefined;
  readonly debug?: "on" | "off" | "trace" | undefined;
}

/**
 * Reads one section in the order of the C daemon (spec config 9.6). The keys that 3.x calls obsolete
 * are overridden by what replaced them; at the top level even where that is not given.
 * @param section the section's path in the map
 * @throws ConfigError of step "logging"
 */
export function readLoggingSection(
  map: ReadonlyConfigMap,
  section: string,
  environment: ConfigEnvironment,
): SectionLogSettings {
  const value = (name: string): string | undefined => map.text(`${section}.${name}`);
  const isTopLevel = section === "logging";
  const toStderr = destination("to_stderr", value("to_stderr"));
  const toSyslog = destination("to_syslog", value("to_syslog"));
  const facility = syslogFacility(value("syslog_facility"));
  const syslogLevel = priority(value("syslog_level"), "unknown syslog level specified");
  const syslogPriority = priority(value("syslog_priority"), "unknown syslog priority specified");
  const logFile = openedLogFile(value("logfile"), environment);
  const toFile = destination("to_file", value("to_file"));
  const toLogFile = destination("to_logfile", value("to_logfile"));
  return {
    toStderr,
    toSyslog,
    toLogFile: toLogFile ?? (isTopLevel ? undefined : toFile),
    facility,
    syslogPriority: syslogPriority ?? (isTopLevel ? undefined : syslogLevel),
    filePriority: priority(value("logfile_priority"), "unknown logfile priority specified"),
    logFile,
    debug: debugWord(value("debug")),
  };
}

/** @param reason without the full stop that ends the sentence */
export function loggingError(reason: string): ConfigError {
  return new ConfigError("logging", `parse error in config: ${reason}.`);
}

/** A yes or no of the logging section, for which "on" and "off" do too. */
export function destination(name: string, word: string | undefined): boolean | undefined {
  if (word === undefined) return undefined;
  if (word === "yes" || word === "on") return true;
  if (word === "no" || word === "off") return false;
  throw loggingError(`unknown value for ${name}`);
}

function syslogFacility(word: string | undefined): string | undefined {
  if (word === undefined || SYSLOG_FACILITIES.includes(word)) return word;
  throw loggingError("unknown syslog facility specified");
}

/** The words of `*_priority`, in any letter case; trace is not one of them. */
function priority(word: string | undefined, complaint: string): LogLevel | undefined {
  if (word === undefined) return undefined;
  const lower = word.toLowerCase();
  const level = lower === "err" ? "error" : LOG_LEVELS.find((known) => known === lower);
  if (level === undefined || level === "trace") throw loggingError(complaint);
  return level;
}

function openedLogFile(text: string | undefined, environment: ConfigEnvironment): string | undefined {
  if (text === undefined) return undefined;
  const path = displayText(text);
  const failure = environment.openLogFile(path);
  if (failure === null) return path;
  throw loggingError(`Can't open logfile '${path}' for reason: ${failure.reason} (${failure.errno})`);
}

function debugWord(word: string | undefined): "on" | "off" | "trace" | undefined {
  if (word === undefined || word === "on" || word === "off" || word === "trace") return word;
  throw loggingError("unknown value for debug");
}
