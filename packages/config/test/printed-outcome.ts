import {
  ConfigError,
  type ConfigMap,
  evaluate,
  LOG_LEVELS,
  type LogLevel,
  type LogSettings,
  parseConfiguration,
} from "../src/index.ts";
import { caseEnvironment } from "./case-environment.ts";
import { type ConfigCase, caseAccounts, caseFiles } from "./config-cases.ts";

/** What a daemon prints and ends with for a configuration, C source positions left out. */
export interface Outcome {
  readonly exit: number;
  readonly stderr: string;
  readonly map: ConfigMap | null;
}

/** Runs parser and evaluation as `corosync -t` (or a start) does and prints what it prints. */
export function outcomeOf(configCase: ConfigCase, testOnly = true): Outcome {
  let map: ConfigMap;
  try {
    map = parseConfiguration(caseFiles(configCase), caseAccounts);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { exit: error.exitCode, stderr: `${error.message}\n`, map: null };
  }
  const { error, ...found } = evaluate(map, caseEnvironment(configCase), { testOnly });
  if (error === null) {
    const { logging, warnings } = found.configuration!;
    const lines = [...logged(logging, "warning", warnings)];
    lines.push(...logged(logging, "notice", ["Corosync Cluster Engine exiting normally"]));
    return { exit: 0, stderr: lines.join(""), map };
  }
  const logging = "logging" in found ? found.logging : null;
  if (logging === null) return { exit: error.exitCode, stderr: `${error.message}\n`, map };
  const exit = `Corosync Cluster Engine exiting with status ${error.exitCode} at FILE:LINE.`;
  const lines = [
    ...logged(logging, "warning", "warnings" in found ? found.warnings : []),
    ...logged(logging, "error", [error.message, exit]),
  ];
  return { exit: error.exitCode, stderr: lines.join(""), map };
}

/** The lines on stderr for messages of MAIN (spec config 9.3). */
function logged(logging: LogSettings, level: LogLevel, texts: readonly string[]): string[] {
  const { fileLevel } = logging.subsystems.get("MAIN") ?? logging.topLevel;
  if (!logging.toStderr || LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(fileLevel)) return [];
  const time = logging.timestamp === "off" ? "" : "<TS> ";
  const site = logging.fileLine ? (logging.functionName ? " FILE:FUNCTION:LINE" : " FILE:LINE") : "";
  return texts.map((text) => `${time}${level.padEnd(7)} [MAIN  ]${site} ${text}\n`);
}

/** A recorded text without positions in the C sources. */
export function withoutSourcePositions(stderr: string): string {
  return stderr.replaceAll(/\b[a-z]+\.c:[0-9]+/g, "FILE:LINE");
}
