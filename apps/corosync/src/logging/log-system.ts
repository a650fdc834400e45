import { FlightRecorder } from "@corosync/blackbox";
import type { LogSettings, SubsystemLogSettings } from "@corosync/config";
import type { LogLevel } from "@corosync/service";
import { type Logger, type LoggerOptions, pino } from "pino";
import { type CallSite, callSite } from "../call-site.ts";
import { LEVEL_NUMBER, LEVELS } from "./level.ts";
import { LineFormat, type LogEntry, type LogIdentity } from "./line-format.ts";
import type { LineTarget } from "./line-target.ts";
import { subsystemTag } from "./subsystem-tag.ts";

/** Writes for one subsystem: MAIN, TOTEM, CPG … */
export type SubsystemLog = (level: LogLevel, text: string) => void;

/** Where the lines of a set of settings go. */
export interface LogTargets {
  readonly stderr: LineTarget | null;
  readonly syslog: LineTarget | null;
  /** By path, for every `logFile` in the settings. */
  readonly files: ReadonlyMap<string, LineTarget>;
}

interface Fields {
  readonly subsys: string;
  readonly site?: CallSite;
}

type DaemonLogger = Logger<LogLevel>;

/** pino sorts upwards by severity, syslog downwards. */
const PINO_LEVELS = Object.fromEntries(
  LEVELS.map((level) => [level, 90 - 10 * LEVEL_NUMBER[level]]),
) as Record<LogLevel, number>;

/**
 * The daemon's log: pino decides and serializes, this class gives each message the C daemon's form
 * and hands it to the targets that want it. Settings and targets can be replaced at run time.
 */
export class LogSystem {
  readonly #identity: LogIdentity;
  readonly #now: () => number;
  readonly #root: DaemonLogger;
  readonly #loggers = new Map<string, DaemonLogger>();
  #recorder: FlightRecorder | null = null;
  #settings: LogSettings;
  #targets: LogTargets;
  #format: LineFormat;
  #timeMs = 0;

  /** @param now milliseconds since 1970 */
  constructor(settings: LogSettings, targets: LogTargets, identity: LogIdentity, now: () => number) {
    this.#identity = identity;
    this.#now = now;
    this.#settings = settings;
    this.#targets = targets;
    this.#format = new LineFormat(settings, identity);
    this.#root = pino<LogLevel>(this.#pinoOptions(), this.#router());
  }

  /** Replaces settings and targets; the caller closes the old targets. */
  configure(settings: LogSettings, targets: LogTargets): void {
    this.#settings = settings;
    this.#targets = targets;
    this.#format = new LineFormat(settings, this.#identity);
    if (!settings.blackbox) this.#recorder = null;
    else this.#recorder ??= new FlightRecorder();
    for (const [name, logger] of this.#loggers) logger.level = this.#leastSevere(name);
  }

  get targets(): LogTargets {
    return this.#targets;
  }

  /** Messages of all levels since `configure`, the last ones of them; null with `blackbox: off`. */
  get recorder(): FlightRecorder | null {
    return this.#recorder;
  }

  subsystem(name: string): SubsystemLog {
    const logger = this.#logger(name);
    const fields: Fields = { subsys: name };
    const record = (level: LogLevel, text: string) => this.#record(level, fields, text);
    return function log(this: void, level, text) {
      record(level, text);
      logger[level](fields, text);
    };
  }

  /** Logs a text that names a place other than the caller's. */
  logAt(site: CallSite, subsystem: string, level: LogLevel, text: string): void {
    const fields: Fields = { subsys: subsystem, site };
    this.#record(level, fields, text);
    this.#logger(subsystem)[level](fields, text);
  }

  /** One line as a target would get it: for what a target has to say about itself. */
  lineFor(target: "stderr" | "file", level: LogLevel, text: string): string {
    const entry: LogEntry = { timeMs: this.#now(), level, subsystem: "MAIN", text, site: null };
    if (!this.#settings.json) return this.#format[target](entry);
    const { pid, hostName: host } = this.#identity;
    return JSON.stringify({ level, time: isoTime(entry.timeMs), pid, host, subsys: "MAIN", msg: text });
  }

  #pinoOptions(): LoggerOptions<LogLevel> {
    return {
      level: "trace",
      customLevels: PINO_LEVELS,
      useOnlyCustomLevels: true,
      base: { pid: this.#identity.pid, host: this.#identity.hostName },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => {
        this.#timeMs = this.#now();
        return `,"time":"${isoTime(this.#timeMs)}"`;
      },
    };
  }

  #logger(subsystem: string): DaemonLogger {
    let logger = this.#loggers.get(subsystem);
    if (logger === undefined) {
      logger = this.#root.child({}, { level: this.#leastSevere(subsystem) });
      this.#loggers.set(subsystem, logger);
    }
    return logger;
  }

  #rules(subsystem: string): SubsystemLogSettings {
    return this.#settings.subsystems.get(subsystem) ?? this.#settings.topLevel;
  }

  /** What pino lets pass: the wider of the two thresholds. */
  #leastSevere(subsystem: string): LogLevel {
    const { fileLevel, syslogLevel } = this.#rules(subsystem);
    return LEVEL_NUMBER[fileLevel] > LEVEL_NUMBER[syslogLevel] ? fileLevel : syslogLevel;
  }

  /** To find out who calls takes longer than all the rest: without that the subsystem must do. */
  #record(level: LogLevel, { subsys, site }: Fields, text: string): void {
    this.#recorder?.record({
      timeMs: this.#now(),
      level: LEVEL_NUMBER[level],
      tag: subsystemTag(subsys),
      function: site?.function ?? subsys,
      line: site?.line ?? 0,
      text,
    });
  }

  /** pino's destination: it leaves the parts of the message on the stream before each write. */
  #router() {
    const router = {
      [Symbol.for("pino.metadata")]: true,
      lastLevel: 0,
      lastObj: {} as Fields,
      lastMsg: "",
      write: (json: string) => {
        const level = LEVELS[(90 - router.lastLevel) / 10]!;
        this.#route(level, router.lastObj, router.lastMsg, json);
      },
    };
    return router;
  }

  #route(level: LogLevel, fields: Fields, text: string, json: string): void {
    const { json: asJson, fileLine, functionName } = this.#settings;
    const rules = this.#rules(fields.subsys);
    const number = LEVEL_NUMBER[level];
    const site = fileLine || functionName ? (fields.site ?? callSite(logCallStack())) : null;
    const entry: LogEntry = { timeMs: this.#timeMs, level, subsystem: fields.subsys, text, site };
    if (number <= LEVEL_NUMBER[rules.fileLevel]) {
      const line = asJson ? json.trimEnd() : null;
      this.#targets.stderr?.write(line ?? this.#format.stderr(entry));
      const file = rules.logFile === null ? undefined : this.#targets.files.get(rules.logFile);
      file?.write(line ?? this.#format.file(entry));
    }
    if (number <= LEVEL_NUMBER[rules.syslogLevel]) {
      this.#targets.syslog?.write(this.#format.syslog(entry, this.#settings.syslogFacility));
    }
  }
}

/** The stack of the innermost function called `log`, whose caller wrote the text. */
function logCallStack(): Error {
  const error = new Error("call site");
  const frames = (error.stack ?? "").split("\n");
  const first = frames.findIndex((frame) => / at (?:\S+\.)?#?log /.test(frame));
  error.stack = ["Error", ...frames.slice(Math.max(first, 1))].join("\n");
  return error;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
