import type { Starter } from "./background.ts";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";
import type { LogSystem } from "./logging/log-system.ts";
import type { TargetOpener } from "./logging/open-targets.ts";

/** Longest wait for slow log targets at the end, in milliseconds. */
export const LOG_DEADLINE_MS = 1_000;

/** What reports a fault of the daemon's own, and ends it: nothing of its state can be trusted any more. */
export class Crash {
  readonly #logs: LogSystem;
  readonly #targets: TargetOpener;
  readonly #starter: Starter;
  #crashing = false;
  /** Writes the flight recorder's file; the state directory is known late. */
  dumpFlightData: () => void = () => undefined;

  constructor(logs: LogSystem, targets: TargetOpener, starter: Starter) {
    this.#logs = logs;
    this.#targets = targets;
    this.#starter = starter;
  }

  /** Says what happened, with the stack, and ends the process with what SIGABRT would give in C. */
  async end(fault: unknown): Promise<never> {
    // A fault while one is reported would be reported for ever.
    if (this.#crashing) process.exit(EXIT.abort);
    this.#crashing = true;
    const error = fault instanceof Error ? fault : new Error(`thrown: ${String(fault)}`);
    // The message of an Error may have several lines, the stack begins with it.
    const stack = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
    const lines = [`Unexpected error: ${error.message}`, ...stack.map((line) => line.trim())];
    if (this.#targets.configured) {
      for (const line of lines) this.#logs.subsystem("MAIN")("emerg", line);
    } else this.#starter.write(`${lines.join("\n")}\n`);
    logExit(this.#logs, new DaemonExit(EXIT.abort, "The daemon has come upon a fault of its own."));
    this.dumpFlightData();
    await this.#targets.close(LOG_DEADLINE_MS);
    process.exit(EXIT.abort);
  }
}

/** The last two lines of a daemon that ends with an error: what, and at which place (spec config 3.1). */
export function logExit(logs: LogSystem, { message, exitCode, site }: DaemonExit): void {
  logs.logAt(site, "MAIN", "error", message);
  const place = `${site.file}:${site.line}`;
  logs.logAt(site, "MAIN", "error", `Corosync Cluster Engine exiting with status ${exitCode} at ${place}.`);
}
