import { ByteSpan } from "@corosync/codec";

/** Events that came while their receiver was paused, in order and in memory of their own. */
export class HeldEvents {
  #events: Uint8Array[] = [];
  #next = 0;
  #bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False, and nothing kept, when there is no room. */
  keep(event: ByteSpan): boolean {
    if (this.#bytes + event.length > this.#maxBytes) return false;
    this.#bytes += event.length;
    this.#events.push(event.copy());
    return true;
  }

  /** Takes the oldest. */
  take(): ByteSpan | null {
    const event = this.#events[this.#next];
    if (event === undefined) return null;
    this.#next++;
    this.#bytes -= event.length;
    if (this.#next === this.#events.length) {
      this.#events = [];
      this.#next = 0;
    }
    return new ByteSpan(event);
  }
}
