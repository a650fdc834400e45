import { setImmediate as nextTurn } from "node:timers/promises";
import { EventQueue } from "./event-queue.ts";
import { Violation } from "./violation.ts";

const MAX_QUEUED_EVENTS = 2_000_000;

/** Runs what is queued in the order of virtual time, and lets promises settle between two events. */
export class Scheduler {
  readonly queue = new EventQueue();
  #failure: Error | null = null;
  #settling = true;

  get nowMs(): number {
    return this.queue.nowMs;
  }

  /** Something settled promises: they run before the next event. */
  settlePromises(): void {
    this.#settling = true;
  }

  /** Ends the run with this error; the first one counts. */
  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /**
   * Lets time pass up to `endMs`, or until `done`, which is asked after each event.
   * @returns whether it was done
   * @throws what a callback failed with
   */
  async runUntil(endMs: number, done: () => boolean = () => false): Promise<boolean> {
    const { queue } = this;
    let events = 0;
    while (queue.nextMs <= endMs) {
      queue.step();
      // The real event loop gets its turn now and then as well.
      if (this.#settling || (++events & 0x3fff) === 0) {
        this.#settling = false;
        await nextTurn();
      }
      if (this.#failure !== null) throw this.#failure;
      if (queue.length > MAX_QUEUED_EVENTS) throw new Violation("memory", "events without end are queued");
      if (done()) return true;
    }
    queue.nowMs = endMs;
    return false;
  }
}
