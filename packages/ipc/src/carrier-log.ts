import type { EventLoop } from "./byte-channel.ts";

/** Takes the log lines of a carrier. */
export type CarrierLog = (level: "error" | "warning" | "notice" | "info" | "debug", text: string) => void;

const WINDOW_MS = 1000;

/** Passes on at most `linesPerSecond` lines about clients at fault, and then how many were left out. */
export class OffenceLog {
  #passed = 0;
  #leftOut = 0;
  readonly #service: string;
  readonly #log: CarrierLog;
  readonly #loop: EventLoop;
  readonly #linesPerSecond: number;

  constructor(service: string, log: CarrierLog, loop: EventLoop, linesPerSecond = 10) {
    this.#service = service;
    this.#log = log;
    this.#loop = loop;
    this.#linesPerSecond = linesPerSecond;
  }

  report(text: string): void {
    if (this.#passed >= this.#linesPerSecond) {
      this.#leftOut++;
      return;
    }
    if (this.#passed === 0) this.#loop.setTimer(WINDOW_MS, () => this.#reopen());
    this.#passed++;
    this.#log("warning", `ipc ${this.#service}: ${text}`);
  }

  #reopen(): void {
    const count = this.#leftOut;
    this.#leftOut = 0;
    this.#passed = 0;
    if (count > 0) this.report(`${count} more lines about clients in the last second left out`);
  }
}
