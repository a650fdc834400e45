import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { pino } from "pino";

/** A place where log lines go. Never blocks the caller; what does not fit is dropped and counted. */
export interface LineTarget {
  write(line: string): void;
  /** Writes what is queued, or gives up at the deadline, and lets go of the target. */
  close(deadlineMs: number): Promise<void>;
}

/** As C opens log files; the umask narrows it. */
const FILE_MODE = 0o666;
/** Bytes that may wait for a slow terminal, pipe or disk. */
const QUEUE_LIMIT_BYTES = 1024 * 1024;

/** What a target has to say about itself. */
export interface TargetReports {
  /** `count` lines were lost and the queue has drained; the line answered goes to this same target. */
  dropped(count: number): string;
  /** Writing fails, told once; the lines wait, and what does not fit is dropped. */
  failed(reason: string): void;
}

/** A file or stream written asynchronously through a bounded queue. */
export class FileTarget implements LineTarget {
  readonly #stream: ReturnType<typeof pino.destination>;
  readonly #path: string | null;
  readonly #reports: TargetReports;
  #dropped = 0;
  #failed = false;
  #closed = false;

  /** @param file an open descriptor, or a path to append to. @throws what opening the path throws */
  constructor(file: number | string, reports: TargetReports, queueLimitBytes = QUEUE_LIMIT_BYTES) {
    // Reopening must find the same file, wherever the process has gone since.
    this.#path = typeof file === "string" ? resolve(file) : null;
    this.#reports = reports;
    // The stream opens later and on its own; a path that cannot be opened is to be known at once.
    if (this.#path !== null) closeSync(openSync(this.#path, "a", FILE_MODE));
    const settings = { dest: this.#path ?? file, mode: FILE_MODE, sync: false, maxLength: queueLimitBytes };
    this.#stream = pino.destination(settings);
    this.#stream.on("drop", () => this.#dropped++);
    this.#stream.on("drain", () => this.#reportDropped());
    // A full disk or a closed pipe must not end the daemon.
    this.#stream.on("error", (error: Error) => {
      if (!this.#failed) reports.failed(error.message);
      this.#failed = true;
    });
  }

  /** Lines that come after `close` are lost: another target may still have something to say of itself. */
  write(line: string): void {
    if (!this.#closed) this.#stream.write(`${line}\n`);
  }

  /** Opens the path anew: the old file may have been renamed. */
  reopen(): void {
    if (this.#path !== null && !this.#closed) this.#stream.reopen(this.#path);
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#dropped > 0) this.#reportDropped();
    this.#closed = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#stream.destroy();
        resolve();
      }, deadlineMs);
      this.#stream.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      this.#stream.end();
    });
  }

  #reportDropped(): void {
    if (this.#dropped === 0) return;
    const count = this.#dropped;
    this.#dropped = 0;
    this.write(this.#reports.dropped(count));
  }
}
