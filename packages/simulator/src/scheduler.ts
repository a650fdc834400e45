import { setImmediate as nextTurn } from "node:timers/promises";
import { EventQueue } from "./event-queue.ts";
import { Violation } from "./violation.ts";

const MAX_QUEUED_EVENTS = 5_000_000;
/** How many promises that wait for each other can settle before the next event. */
const PROMISE_HOPS = 4;
/** Events between two turns of the real event loop. */
const REAL_TURN_EVENTS = 0x20000;

/** Runs what is queued in the order of virtual time, and lets promises settle between two events. */
export class Scheduler {
  readonly queue = new EventQueue();
  #failure: Error | null = null;
  #settling = true;
  #nextRealTurn = REAL_TURN_EVENTS;

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
    while (queue.nextMs <= endMs) {
      const finished = this.#runSome(endMs, done);
      if (this.#settling) {
        this.#settling = false;
        // Promises settle in the order in which they were made to: so this is as deterministic as a turn
        // of the event loop, at a fraction of its price.
        for (let hop = 0; hop < PROMISE_HOPS; hop++) await null;
      }
      if (queue.events >= this.#nextRealTurn) {
        this.#nextRealTurn = queue.events + REAL_TURN_EVENTS;
        await nextTurn();
      }
      if (this.#failure !== null) throw this.#failure;
      if (finished) return true;
    }
    queue.nowMs = endMs;
    return false;
  }

  /** Runs events until promises are to settle, or the real event loop is to have its turn. True: done. */
  #runSome(endMs: number, done: () => boolean): boolean {
    const { queue } = this;
    while (queue.nextMs <= endMs && queue.events < this.#nextRealTurn) {
      queue.step();
      if (done()) return true;
      if (this.#settling || this.#failure !== null) return false;
    }
    if (queue.length > MAX_QUEUED_EVENTS) throw new Violation("memory", "events without end are queued");
    return false;
  }
}
