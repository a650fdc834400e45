/** The step of starting up that a configuration failed in (spec config 3.1). */
export type ConfigStep = "file" | "logging" | "state-directory" | "totem" | "validation" | "system";

/** Exit codes of the daemon for a configuration that it cannot run with (spec config 10.4). */
export type ConfigExitCode = 7 | 8 | 16;

const EXIT_CODES: Readonly<Record<ConfigStep, ConfigExitCode>> = {
  file: 8,
  logging: 7,
  "state-directory": 16,
  totem: 8,
  validation: 8,
  system: 8,
};

/** Where in a file an error is; lines count from 1. */
export interface FilePosition {
  readonly file: string;
  readonly line: number;
}

/**
 * A configuration that cannot be used. The message is what the C daemon says, without a line end.
 * Errors of the steps `file` and `logging` come before logging is set up and are written to stderr
 * as they are; the others are messages of level error by MAIN.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly exitCode: ConfigExitCode;

  constructor(
    readonly step: ConfigStep,
    message: string,
    /** The line that is at fault; null when no single line is. */
    readonly position: FilePosition | null = null,
    /** More than the C daemon says; or null. */
    readonly detail: string | null = null,
  ) {
    super(message);
    this.exitCode = EXIT_CODES[step];
  }
}

/**
 * What is wrong with the line being read, as the file readers throw it: text whose characters are the
 * bytes of the file. The grammar adds file and line.
 */
export class LineError extends Error {
  override readonly name = "LineError";

  constructor(
    message: string,
    /** More than the C daemon says; or null. */
    readonly detail: string | null = null,
  ) {
    super(message);
  }
}

/** What the parser says when a text does not fit C's buffer for it (spec config 1.8). */
export const UNPRINTABLE_ERROR = "Can't format parser error message";
const MAX_QUOTING_CHARACTERS = 255;

/** An error that quotes a key or a value; C does not print it at all when it is too long. */
export function quotingError(text: string): LineError {
  return new LineError(text.length > MAX_QUOTING_CHARACTERS ? UNPRINTABLE_ERROR : text);
}
