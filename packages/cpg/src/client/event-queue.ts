import type { CpgEvent } from "./cpg-event.ts";

/** What an event counts besides its data. */
const EVENT_BYTES = 128;

export interface EventFlow {
  pause(): void;
  resume(): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Events that wait for whoever iterates. While too many bytes wait, the connection is paused. */
export class EventQueue {
  #events: CpgEvent[] = [];
  /** Events of the list that were taken already. */
  #taken = 0;
  #bytes = 0;
  #paused = false;
  #ended = false;
  #error: Error | null = null;
  #waiters: Waiter[] = [];

  constructor(
    readonly flow: EventFlow,
    readonly maxBytes: number,
  ) {}

  push(event: CpgEvent): void {
    if (this.#ended) return;
    this.#events.push(event);
    this.#bytes += sizeOf(event);
    if (!this.#paused && this.#bytes > this.maxBytes) {
      this.#paused = true;
      this.flow.pause();
    }
    this.#wake();
  }

  /** No more events; those that wait can still be taken, then `error` is thrown if there is one. */
  end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  /** The next event; null at the end. @throws the error that ended the group */
  async next(): Promise<CpgEvent | null> {
    while (this.#taken === this.#events.length) {
      if (this.#finished()) return null;
      await this.#arrival();
    }
    const event = this.#events[this.#taken++]!;
    if (this.#taken === this.#events.length || this.#taken >= 1024) this.#compact();
    this.#release(sizeOf(event));
    return event;
  }

  /** All events that wait, at least one; null at the end. @throws the error that ended the group */
  async nextBatch(): Promise<CpgEvent[] | null> {
    while (this.#taken === this.#events.length) {
      if (this.#finished()) return null;
      await this.#arrival();
    }
    const batch = this.#taken === 0 ? this.#events : this.#events.slice(this.#taken);
    this.#events = [];
    this.#taken = 0;
    this.#release(this.#bytes);
    return batch;
  }

  #finished(): boolean {
    if (!this.#ended) return false;
    if (this.#error !== null) throw this.#error;
    return true;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
  }

  #compact(): void {
    this.#events.splice(0, this.#taken);
    this.#taken = 0;
  }

  #release(bytes: number): void {
    this.#bytes -= bytes;
    if (!this.#paused || this.#bytes > this.maxBytes / 2) return;
    this.#paused = false;
    this.flow.resume();
  }
}

function sizeOf(event: CpgEvent): number {
  return EVENT_BYTES + (event.type === "message" ? event.data.length : 0);
}
