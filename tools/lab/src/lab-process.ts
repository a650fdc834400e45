import type { ChildProcess } from "node:child_process";
import { LineLog, type WaitOptions } from "./line-log.ts";

const EXIT_LIMIT_MS = 20_000;

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process in a host: its output as lines, its input, its end. */
export class LabProcess {
  readonly pid: number;
  readonly title: string;
  readonly log: LineLog;
  readonly errors: LineLog;
  readonly exited: Promise<ProcessExit>;
  exit: ProcessExit | undefined;
  private readonly child: ChildProcess;

  /** @param mergeErrors whether standard error goes to the same log, as a daemon's does. */
  constructor(child: ChildProcess, title: string, mergeErrors: boolean) {
    this.child = child;
    this.title = title;
    this.log = new LineLog(title);
    this.errors = mergeErrors ? this.log : new LineLog(`${title} stderr`);
    if (child.pid === undefined) throw new Error(`${title}: could not be started`);
    this.pid = child.pid;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.log.append(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => this.errors.append(text));
    child.stdin?.on("error", () => {});
    // "close" comes after the last output was read, so no line is missing when `exited` resolves.
    this.exited = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        this.exit = { code, signal };
        this.log.end(`ended with ${signal ?? `status ${code}`}`);
        if (this.errors !== this.log) this.errors.end("ended");
        resolve(this.exit);
      });
    });
  }

  get running(): boolean {
    return this.exit === undefined;
  }

  write(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Ends its standard input. */
  endInput(): void {
    this.child.stdin?.end();
  }

  waitForLog(pattern: RegExp, options: WaitOptions = {}): Promise<string> {
    return this.log.waitFor(pattern, options);
  }

  /** Sends a signal and resolves with how the process ended. @throws Error when it does not end. */
  async kill(signal: NodeJS.Signals): Promise<ProcessExit> {
    if (this.running) this.child.kill(signal);
    return await this.waitForExit(signal);
  }

  /** @throws Error when the process, after `cause`, does not end within 20 s; it is killed then. */
  async waitForExit(cause: string): Promise<ProcessExit> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.child.kill("SIGKILL");
        reject(
          new Error(`${this.title}: still there ${EXIT_LIMIT_MS} ms after ${cause}\n${this.log.tail()}`),
        );
      }, EXIT_LIMIT_MS);
    });
    try {
      return await Promise.race([this.exited, limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}
