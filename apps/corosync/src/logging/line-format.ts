import type { LogLevel } from "@corosync/service";
import type { CallSite } from "../call-site.ts";
import { LEVEL_NUMBER } from "./level.ts";

/** One log message on its way to the targets. */
export interface LogEntry {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly subsystem: string;
  readonly text: string;
  /** Where the text was written; null unless the format asks for it. */
  readonly site: CallSite | null;
}

/** The `timestamp`, `fileline` and `function_name` options (spec config 9.3). */
export interface LineOptions {
  readonly timestamp: "off" | "on" | "hires";
  readonly fileLine: boolean;
  readonly functionName: boolean;
}

/** Who writes, for log file lines and JSON. */
export interface LogIdentity {
  readonly pid: number;
  readonly hostName: string;
}

/** Longest line in bytes, without its line end, as in C. */
const LINE_LIMIT_BYTES = 511;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SYSLOG_FACILITIES: Readonly<Record<string, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

/** The three shapes that one message takes, as the C daemon prints them (spec config 9.3). */
export class LineFormat {
  readonly #options: LineOptions;
  readonly #fileIdentity: string;
  #second = Number.NaN;
  #secondText = "";

  constructor(options: LineOptions, identity: LogIdentity) {
    this.#options = options;
    this.#fileIdentity = `[${identity.pid}] ${identity.hostName} corosync`;
  }

  stderr(entry: LogEntry): string {
    return cut(this.#timestamp(entry.timeMs) + this.#levelAndText(entry));
  }

  file(entry: LogEntry): string {
    // C leaves out the blank before the level when there is no time stamp; kept for log parsers.
    const blank = this.#options.timestamp === "off" ? "" : " ";
    return cut(this.#timestamp(entry.timeMs) + this.#fileIdentity + blank + this.#levelAndText(entry));
  }

  /** A line for `logger --prio-prefix`: severity and facility in angle brackets, then the text. */
  syslog(entry: LogEntry, facility: string): string {
    const number = LEVEL_NUMBER[entry.level];
    // syslog has no trace: everything above info moves down by one.
    const severity = number > LEVEL_NUMBER.info ? number - 1 : number;
    const priority = (SYSLOG_FACILITIES[facility] ?? SYSLOG_FACILITIES["daemon"]!) * 8 + severity;
    const blanks = this.#options.timestamp === "off" ? " " : "  ";
    return `<${priority}>${cut(blanks + this.#subsystemAndText(entry))}`;
  }

  #levelAndText(entry: LogEntry): string {
    return `${entry.level.padEnd(7)} ${this.#subsystemAndText(entry)}`;
  }

  #subsystemAndText(entry: LogEntry): string {
    const subsystem = entry.subsystem.padEnd(6).slice(0, 6);
    return `[${subsystem}]${this.#place(entry.site)} ${oneLine(entry.text)}`;
  }

  #place(site: CallSite | null): string {
    const { fileLine, functionName } = this.#options;
    if (site === null || (!fileLine && !functionName)) return "";
    if (!functionName) return ` ${site.file}:${site.line}`;
    if (!fileLine) return ` ${site.function}`;
    return ` ${site.file}:${site.function}:${site.line}`;
  }

  #timestamp(timeMs: number): string {
    if (this.#options.timestamp === "off") return "";
    const second = Math.floor(timeMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = localSecond(new Date(second * 1000));
    }
    if (this.#options.timestamp === "on") return `${this.#secondText} `;
    return `${this.#secondText}.${String(Math.floor(timeMs) % 1000).padStart(3, "0")} `;
  }
}

function localSecond(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${MONTHS[date.getMonth()]} ${two(date.getDate())} ${time}`;
}

/** Drops a trailing line end; others are made visible, so that no text can pass for a second line. */
function oneLine(text: string): string {
  const trimmed = text.endsWith("\n") ? text.slice(0, -1) : text;
  return /[\r\n]/.test(trimmed) ? trimmed.replaceAll("\r", "\\r").replaceAll("\n", "\\n") : trimmed;
}

function cut(line: string): string {
  // A UTF-16 unit takes at most three bytes.
  if (line.length * 3 <= LINE_LIMIT_BYTES) return line;
  const bytes = new TextEncoder().encode(line);
  if (bytes.length <= LINE_LIMIT_BYTES) return line;
  let end = LINE_LIMIT_BYTES;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--; // not inside a character
  return new TextDecoder().decode(bytes.subarray(0, end));
}
