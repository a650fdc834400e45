import { abortable } from "./abortable.ts";
import { RingError } from "./ring-error.ts";
import type { RingEvent } from "./ring-event.ts";

/** What an event counts besides its data. */
const EVENT_BYTES = 128;

/** @throws RangeError when the bound is no number, or so low that not even the first event could wait */
export function checkQueuedBytes(maxQueuedBytes: number): void {
  if (Number.isSafeInteger(maxQueuedBytes) && maxQueuedBytes >= EVENT_BYTES) return;
  throw new RangeError(
    `maxQueuedBytes is ${maxQueuedBytes}, which is no whole number from ${EVENT_BYTES} up`,
  );
}

/** Events that wait for whoever iterates. A ring can not wait: when the bound is passed, the queue ends. */
export class EventQueue {
  #events: RingEvent[] = [];
  /** Events of the list that were taken already. */
  #taken = 0;
  #bytes = 0;
  #end: { readonly error: RingError | null } | null = null;
  /** The call of `next` that waits for an event. */
  #waiting: { readonly signal: AbortSignal | undefined } | null = null;
  #arrival: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null;

  constructor(readonly maxBytes: number) {}

  /** Appends an event; false when the queue is over its bound. */
  push(event: RingEvent): boolean {
    this.#events.push(event);
    this.#bytes += sizeOf(event);
    this.#wake();
    return this.#bytes <= this.maxBytes;
  }

  /** No more events; those that wait can still be taken, then `error` is thrown if there is one. */
  end(error: RingError | null): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** All events that wait, which are then taken. */
  takeAll(): RingEvent[] {
    const events = this.#events.slice(this.#taken);
    this.#events = [];
    this.#taken = 0;
    this.#bytes = 0;
    return events;
  }

  /**
   * The next event; null at the end.
   * @throws the error of the end; the signal's reason when it aborts; RingError CS_ERR_BUSY while another
   *   call waits: events would go to the one or the other by chance
   */
  async next(signal: AbortSignal | undefined): Promise<RingEvent | null> {
    signal?.throwIfAborted();
    if (this.#waiting !== null && this.#waiting.signal?.aborted !== true) {
      throw new RingError("CS_ERR_BUSY", "a second iteration while another one waits for the next event");
    }
    if (this.#taken < this.#events.length) return this.#take();
    const waiting = { signal };
    this.#waiting = waiting;
    try {
      while (this.#taken === this.#events.length) {
        if (this.#end === null) await abortable(this.#nextArrival(), signal);
        else if (this.#end.error === null) return null;
        else throw this.#end.error;
      }
      return this.#take();
    } finally {
      if (this.#waiting === waiting) this.#waiting = null;
    }
  }

  #take(): RingEvent {
    const event = this.#events[this.#taken++]!;
    this.#bytes -= sizeOf(event);
    if (this.#taken === this.#events.length || this.#taken >= 1024) {
      this.#events.splice(0, this.#taken);
      this.#taken = 0;
    }
    return event;
  }

  /** One promise for all that wait. */
  #nextArrival(): Promise<void> {
    if (this.#arrival === null) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.#arrival = { promise, resolve };
    }
    return this.#arrival.promise;
  }

  #wake(): void {
    this.#arrival?.resolve();
    this.#arrival = null;
  }
}

function sizeOf(event: RingEvent): number {
  return EVENT_BYTES + (event.type === "message" ? event.data.length : 0);
}
