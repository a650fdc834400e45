import { EventQueue } from "./event-queue.ts";
import { RingError } from "./ring-error.ts";
import type { RingEvent, RingEvents } from "./ring-event.ts";

type Listener = (event: RingEvent) => void;

/**
 * Where events go: they wait for the iteration until the first listener is added, and to the
 * listeners from then on.
 */
export class EventOutlet {
  readonly #queue: EventQueue;
  readonly #listeners = { message: new Set<Listener>(), membership: new Set<Listener>() };
  #mode: "waiting" | "iterated" | "flushing" | "listened" = "waiting";

  constructor(maxQueuedBytes: number) {
    this.#queue = new EventQueue(maxQueuedBytes);
  }

  /** False when too much waits. */
  push(event: RingEvent): boolean {
    if (this.#mode !== "listened") return this.#queue.push(event);
    this.#emit(event);
    return true;
  }

  end(error: RingError | null): void {
    this.#queue.end(error);
  }

  on<T extends keyof RingEvents>(type: T, listener: (event: RingEvents[T]) => void): () => void {
    if (this.#mode === "iterated") {
      throw new RingError("CS_ERR_INVALID_PARAM", "a listener on a ring that is iterated");
    }
    if (!Object.hasOwn(this.#listeners, type)) throw new TypeError(`a ring has no events "${type}"`);
    const take: Listener = (event) => {
      if (isOfType(event, type)) listener(event);
    };
    this.#listeners[type].add(take);
    if (this.#mode === "waiting") {
      this.#mode = "flushing";
      // Later, so that listeners of both types added together see all that waits.
      queueMicrotask(() => this.#flush());
    }
    return () => {
      this.#listeners[type].delete(take);
    };
  }

  async *events(signal: AbortSignal | undefined): AsyncGenerator<RingEvent, void, undefined> {
    if (this.#mode === "flushing" || this.#mode === "listened") {
      throw new RingError("CS_ERR_INVALID_PARAM", "iteration of a ring that has listeners");
    }
    this.#mode = "iterated";
    for (let event = await this.#queue.next(signal); event !== null; event = await this.#queue.next(signal)) {
      yield event;
    }
  }

  #flush(): void {
    this.#mode = "listened";
    for (const event of this.#queue.takeAll()) this.#emit(event);
  }

  /** A listener that throws does so outside the protocol, as from any other callback of the system. */
  #emit(event: RingEvent): void {
    for (const listener of this.#listeners[event.type]) {
      try {
        listener(event);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}

function isOfType<T extends keyof RingEvents>(event: RingEvent, type: T): event is RingEvent & RingEvents[T] {
  return event.type === type;
}
