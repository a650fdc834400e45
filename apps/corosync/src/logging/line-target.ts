import { closeSync, constants, openSync } from "node:fs";
import { resolve } from "node:path";
import { strerrorWithNumber } from "@corosync/errno";
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

/** How long a target that cannot be written waits before it is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** What a target has to say about itself. */
export interface TargetReports {
  /** `count` lines were lost and the queue has drained; the line answered goes to this same target. */
  dropped(count: number): string;
  /** Writing fails, told once; the lines wait, and what does not fit is dropped. */
  failed(reason: string): void;
  /** What failed works again. */
  recovered(): void;
}

interface TargetLimits {
  readonly queueLimitBytes?: number;
  readonly retryMs?: number;
}

/** A file or stream written asynchronously through a bounded queue. */
export class FileTarget implements LineTarget {
  readonly #stream: ReturnType<typeof pino.destination>;
  readonly #path: string | null;
  readonly #reports: TargetReports;
  readonly #retryMs: number;
  #dropped = 0;
  #failing = false;
  /** The path is to be opened anew as soon as that is possible. */
  #reopenWanted = false;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  /** @param file an open descriptor, or a path to append to. @throws what opening the path throws */
  constructor(file: number | string, reports: TargetReports, limits: TargetLimits = {}) {
    // Reopening must find the same file, wherever the process has gone since.
    this.#path = typeof file === "string" ? resolve(file) : null;
    this.#reports = reports;
    this.#retryMs = limits.retryMs ?? RETRY_MS;
    // The stream opens later and on its own; a path that cannot be opened is to be known at once.
    if (this.#path !== null) tryOpening(this.#path);
    this.#stream = pino.destination({
      dest: this.#path ?? file,
      mode: FILE_MODE,
      sync: false,
      maxLength: limits.queueLimitBytes ?? QUEUE_LIMIT_BYTES,
    });
    this.#stream.on("drop", () => this.#dropped++);
    this.#stream.on("drain", () => this.#reportDropped());
    this.#stream.on("write", (lengthBytes: number) => {
      if (lengthBytes > 0 && !this.#reopenWanted) this.#succeeded();
    });
    // A full disk or a closed pipe must not end the daemon.
    this.#stream.on("error", (error: Error) => this.#failed(error));
  }

  /** Lines that come after `close` are lost: another target may still have something to say of itself. */
  write(line: string): void {
    if (!this.#closed) this.#stream.write(`${line}\n`);
  }

  /** Opens the path anew: the old file may have been renamed. Until that is possible it is written on. */
  reopen(): void {
    if (this.#path === null || this.#closed) return;
    this.#reopenWanted = true;
    try {
      // The stream would not survive many openings that fail.
      tryOpening(this.#path);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#stream.once("ready", () => {
      this.#reopenWanted = false;
      this.#succeeded();
    });
    this.#stream.reopen(this.#path);
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#dropped > 0) this.#reportDropped();
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
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

  #failed(error: unknown): void {
    if (this.#closed) return;
    if (!this.#failing) {
      this.#failing = true;
      this.#reports.failed(strerrorWithNumber(error));
    }
    if (this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (this.#reopenWanted) this.reopen();
      // Nothing added, the stream takes up what it has; a full queue would refuse a line.
      else this.#stream.write("");
    }, this.#retryMs);
    this.#retry.unref();
  }

  #succeeded(): void {
    if (!this.#failing || this.#closed) return;
    this.#failing = false;
    this.#reports.recovered();
  }

  #reportDropped(): void {
    if (this.#dropped === 0) return;
    const count = this.#dropped;
    this.write(this.#reports.dropped(count));
    // The report may find the queue full as well: then it comes later.
    this.#dropped = this.#dropped > count ? count : 0;
  }
}

/** Opens a file for appending, makes it where there is none, and lets go of it. A pipe nobody reads is refused. */
function tryOpening(path: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  closeSync(openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, FILE_MODE));
}
