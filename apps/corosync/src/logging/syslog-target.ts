import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { LineTarget } from "./line-target.ts";

/** Bytes that may wait for a slow `logger`. */
const QUEUE_LIMIT_BYTES = 256 * 1024;

/**
 * syslog through the program `logger`, kept open as a child: Node has no datagram sockets of the
 * kind that /dev/log is (spec config 18.3). Takes lines with a `<N>` prefix.
 */
export class SyslogTarget implements LineTarget {
  readonly #child: ChildProcess;
  #usable = true;
  #dropped = 0;

  /**
   * @param onGone told once, with the reason, when lines can no longer reach syslog
   * @param program the program to start; another one for tests
   */
  constructor(pid: number, onGone: (reason: string) => void, program = "logger") {
    const options = ["--prio-prefix", "--tag", "corosync", `--id=${pid}`];
    this.#child = spawn(program, options, { stdio: ["pipe", "ignore", "ignore"] });
    // The daemon does not live on because of it.
    this.#child.unref();
    const gone = (reason: string) => {
      if (this.#usable) onGone(reason);
      this.#usable = false;
    };
    this.#child.once("error", (error) => gone(error.message));
    this.#child.once("exit", (code, signal) => gone(`${program} ended with ${signal ?? code}`));
    this.#child.stdin?.on("error", (error) => gone(error.message));
  }

  /** Whether a syslog daemon listens where `logger` would send. */
  static available(socketPath = "/dev/log"): boolean {
    return existsSync(socketPath);
  }

  write(line: string): void {
    const input = this.#child.stdin;
    if (!this.#usable || input === null) return;
    if (input.writableLength > QUEUE_LIMIT_BYTES) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      input.write(`<28>  [MAIN  ] ${this.#dropped} log lines were dropped: syslog was too slow\n`);
      this.#dropped = 0;
    }
    input.write(`${line}\n`);
  }

  close(deadlineMs: number): Promise<void> {
    const input = this.#child.stdin;
    if (!this.#usable || input === null) return Promise.resolve();
    this.#usable = false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#child.kill("SIGKILL");
        resolve();
      }, deadlineMs);
      this.#child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      input.end();
    });
  }
}
