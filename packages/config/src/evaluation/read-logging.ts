import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "./environment.ts";
import type { LogSettings, SubsystemLogSettings } from "./log-settings.ts";
import { destination, loggingError, readLoggingSection, type SectionLogSettings } from "./logging-section.ts";

/** The subsystems that the daemon itself has (spec config 9.4). */
export const OWN_SUBSYSTEMS: readonly string[] =
  "MAIN SERV CFG CMAP CPG QUORUM VOTEQ YKD PLOAD MON WD APIDEF STATS SYNC TOTEM KNET QB".split(" ");
const MAX_SUBSYSTEMS = 32;
const MAX_SUBSYSTEM_BYTES = 63;
const SUBSYSTEM_KEY = /^logging\.logger_subsys\.([^.]+)\.subsys$/;

/**
 * Reads the logging section in the order of the C daemon, opening each log file (spec config 9.6).
 * @throws ConfigError of step "logging"
 */
export function readLogging(map: ReadonlyConfigMap, environment: ConfigEnvironment): LogSettings {
  const fileLine = onOff(map, "fileline", false);
  const functionName = onOff(map, "function_name", false);
  const timestamp = timestampOption(map);
  const blackbox = onOff(map, "blackbox", true);
  const top = readLoggingSection(map, "logging", environment);
  const sections = readSubsystems(map, environment);
  return {
    timestamp,
    fileLine,
    functionName,
    blackbox,
    json: destination("json", map.text("logging.json")) ?? false,
    toStderr: top.toStderr ?? true,
    toSyslog: top.toSyslog ?? true,
    // One setting for all: a section that names one sets it for everybody (spec config 9.5).
    syslogFacility:
      [...sections.values()].findLast(({ facility }) => facility)?.facility ?? top.facility ?? "daemon",
    topLevel: resolve(top, {}),
    subsystems: new Map([...sections].map(([name, section]) => [name, resolve(section, top)])),
  };
}

/** A subsystem's own settings over those of the top level. */
function resolve(own: SectionLogSettings, top: SectionLogSettings): SubsystemLogSettings {
  const logFile = own.logFile ?? top.logFile ?? null;
  const debugLevel = own.debug === "trace" ? "trace" : own.debug === "on" ? "debug" : null;
  return {
    fileLevel: debugLevel ?? own.filePriority ?? top.filePriority ?? "info",
    syslogLevel: debugLevel ?? own.syslogPriority ?? top.syslogPriority ?? "info",
    logFile: (own.toLogFile ?? top.toLogFile ?? false) ? logFile : null,
  };
}

function readSubsystems(
  map: ReadonlyConfigMap,
  environment: ConfigEnvironment,
): Map<string, SectionLogSettings> {
  const known = new Set(OWN_SUBSYSTEMS);
  const sections = new Map<string, SectionLogSettings>();
  for (const key of map.keysUnder("logging.logger_subsys.")) {
    const name = SUBSYSTEM_KEY.exec(key)?.[1];
    if (name === undefined) continue;
    known.add(name);
    if (name.length > MAX_SUBSYSTEM_BYTES || known.size > MAX_SUBSYSTEMS) {
      throw loggingError("unable to create new logging subsystem");
    }
    sections.set(name, readLoggingSection(map, `logging.logger_subsys.${name}`, environment));
  }
  return sections;
}

function timestampOption(map: ReadonlyConfigMap): LogSettings["timestamp"] {
  const word = map.text("logging.timestamp") ?? "hires";
  if (word === "on" || word === "off" || word === "hires") return word;
  throw loggingError("unknown value for timestamp");
}

function onOff(map: ReadonlyConfigMap, name: string, fallback: boolean): boolean {
  const word = map.text(`logging.${name}`);
  if (word === undefined) return fallback;
  if (word === "on" || word === "off") return word === "on";
  throw loggingError(`unknown value for ${name}`);
}
