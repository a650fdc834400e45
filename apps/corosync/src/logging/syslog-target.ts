import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { LineTarget } from "./line-target.ts";

/** Bytes that may wait for a slow `logger`. */
const QUEUE_LIMIT_BYTES = 256 * 1024;
/** Time between two attempts to reach syslog, and how long one must last to be called a success, in milliseconds. */
const RETRY_MS = 5_000;

const DEFAULT_SOCKET = "/dev/log";

/** What the target has to say of itself. */
export interface SyslogReports {
  /** Lines do not reach syslog, told once. */
  failed(reason: string): void;
  /** They do again. */
  recovered(): void;
}

export interface SyslogOptions {
  /** The program to start; another one for tests. */
  readonly program?: string;
  /** Where the syslog daemon listens. */
  readonly socketPath?: string;
  readonly retryMs?: number;
}

/**
 * syslog through the program `logger`, kept open as a child: Node has no datagram sockets of the
 * kind that /dev/log is (spec config 18.3). Takes lines with a `<N>` prefix. Where there is no syslog
 * daemon, or the program ends, it looks again every few seconds; lines in between are counted.
 */
export class SyslogTarget implements LineTarget {
  readonly #words: readonly string[];
  readonly #program: string;
  readonly #socketPath: string;
  readonly #retryMs: number;
  readonly #reports: SyslogReports;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failing = false;
  #closed = false;
  #dropped = 0;

  constructor(pid: number, reports: SyslogReports, options: SyslogOptions = {}) {
    this.#words = ["--prio-prefix", "--tag", "corosync", `--id=${pid}`];
    this.#program = options.program ?? "logger";
    this.#socketPath = options.socketPath ?? DEFAULT_SOCKET;
    this.#retryMs = options.retryMs ?? RETRY_MS;
    this.#reports = reports;
    this.#start();
  }

  /** Whether a syslog daemon listens where `logger` would send. */
  static available(): boolean {
    return existsSync(DEFAULT_SOCKET);
  }

  write(line: string): void {
    if (this.#closed) return;
    const input = this.#child?.stdin;
    if (!input || input.writableLength > QUEUE_LIMIT_BYTES) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      input.write(`<28>  [MAIN  ] ${this.#dropped} log lines were dropped: syslog was too slow or away\n`);
      this.#dropped = 0;
    }
    input.write(`${line}\n`);
  }

  close(deadlineMs: number): Promise<void> {
    const child = this.#child;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (child === null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        resolve();
      }, deadlineMs);
      child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      child.stdin?.end();
    });
  }

  #start(): void {
    if (!existsSync(this.#socketPath)) {
      this.#failed(`nothing listens at ${this.#socketPath}`);
      return;
    }
    const child = spawn(this.#program, this.#words, { stdio: ["pipe", "ignore", "ignore"] });
    this.#child = child;
    // The daemon does not live on because of it.
    child.unref();
    const gone = (reason: string) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#failed(reason);
    };
    child.once("error", (error) => gone(error.message));
    child.once("exit", (code, signal) => gone(`${this.#program} ended with ${signal ?? code}`));
    child.stdin?.on("error", (error) => gone(error.message));
    if (this.#failing) this.#later(() => this.#succeeded());
  }

  #failed(reason: string): void {
    if (this.#closed) return;
    if (!this.#failing) this.#reports.failed(reason);
    this.#failing = true;
    this.#later(() => this.#start());
  }

  #succeeded(): void {
    this.#failing = false;
    this.#reports.recovered();
  }

  #later(action: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(action, this.#retryMs);
    this.#timer.unref();
  }
}
