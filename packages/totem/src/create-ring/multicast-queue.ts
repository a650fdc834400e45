import { ByteSpan } from "@corosync/codec";
import type { ProcessGroups, TotemGroup } from "../process-group.ts";
import { RingError } from "./ring-error.ts";

/** Calls that may wait for room at a time. */
const WAITING_MAX = 10_000;

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Multicasts in the order of the calls; they wait while the ring's queue is critically full. */
export class MulticastQueue {
  readonly #waiting = new Set<Waiting>();
  #closed: RingError | null = null;
  #drainScheduled = false;

  constructor(
    readonly groups: ProcessGroups,
    readonly group: TotemGroup,
  ) {
    groups.onQueueLevel((level) => {
      if (level !== "critical" && this.#waiting.size > 0) this.#drainSoon();
    });
  }

  /** Queues at once, or not at all. @throws RingError when the ring was left, or the message is too long */
  trySend(bytes: Uint8Array): boolean {
    if (this.#closed !== null) throw this.#closed;
    if (!(bytes instanceof Uint8Array)) throw new TypeError("multicast: a message is a Uint8Array");
    if (bytes.length > this.groups.maxMessageBytes) {
      const text = `multicast of ${bytes.length} bytes, at most ${this.groups.maxMessageBytes}`;
      throw new RingError("CS_ERR_TOO_BIG", text);
    }
    return this.#waiting.size === 0 && this.#push(bytes);
  }

  async send(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.trySend(bytes)) return;
    if (this.#waiting.size >= WAITING_MAX) {
      throw new RingError("CS_ERR_TRY_AGAIN", `multicast: ${WAITING_MAX} calls wait already`);
    }
    await this.#wait(bytes, signal);
  }

  /** Calls fail from here on, those that wait included. */
  close(error: RingError): void {
    this.#closed ??= error;
    for (const waiting of this.#waiting) waiting.reject(error);
    this.#waiting.clear();
  }

  async #wait(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    let abort: () => void = () => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const waiting: Waiting = { bytes, resolve, reject };
        this.#waiting.add(waiting);
        abort = () => {
          // Taken out at once: what is aborted is not sent.
          if (this.#waiting.delete(waiting)) reject(signal?.reason);
        };
        signal?.addEventListener("abort", abort, { once: true });
      });
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #push(bytes: Uint8Array): boolean {
    return this.groups.queueLevel !== "critical" && this.group.multicast(new ByteSpan(bytes));
  }

  /** The level changes within a token visit: the queue is not filled while it is being packed. */
  #drainSoon(): void {
    if (this.#drainScheduled) return;
    this.#drainScheduled = true;
    queueMicrotask(() => {
      this.#drainScheduled = false;
      for (const waiting of this.#waiting) {
        if (!this.#push(waiting.bytes)) return;
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
    });
  }
}
