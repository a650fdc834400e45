import { ByteSpan } from "@corosync/codec";
import type { GroupReceiver, ProcessGroups, QueueLevel, TotemGroup } from "@corosync/totem";

interface Queued {
  readonly group: string;
  readonly bytes: Uint8Array;
}

/** What a ring of one node may be told. */
export interface LocalRingOptions {
  readonly nodeId: number;
  /** Runs `turn` soon, but not within the call: `setImmediate`, or a simulator's clock. */
  readonly schedule: (turn: () => void) => void;
  /** Bytes that may be queued. Default 4 MiB. */
  readonly queueBytes?: number;
}

/**
 * A ring of this node alone, without a network: for programs that want the services on one host only,
 * and to try them. It has the order of events of a real ring, but no peer can ever join.
 */
export class LocalRing implements ProcessGroups {
  readonly nodeId: number;
  readonly maxMessageBytes = 1024 * 1024;
  queueLevel: QueueLevel = "low";
  readonly #options: LocalRingOptions;
  readonly #queueBytes: number;
  readonly #receivers = new Map<string, GroupReceiver[]>();
  readonly #listeners: ((level: QueueLevel) => void)[] = [];
  readonly #lent = new ByteSpan(new Uint8Array(0));
  #queue: Queued[] = [];
  #queuedBytes = 0;
  #works: (() => boolean)[] = [];
  #scheduled = false;
  #formed = false;
  #left = false;

  constructor(options: LocalRingOptions) {
    this.#options = options;
    this.nodeId = options.nodeId;
    this.#queueBytes = options.queueBytes ?? 4 * 1024 * 1024;
    this.#wake();
  }

  join(group: string, receiver: GroupReceiver): TotemGroup {
    this.#receivers.set(group, [...(this.#receivers.get(group) ?? []), receiver]);
    return { multicast: (header, payload) => this.#multicast(group, header, payload) };
  }

  /** Nothing was held back: there is no former ring. */
  acknowledgeTransition(): void {}

  afterToken(work: () => boolean): () => void {
    this.#works.push(work);
    this.#wake();
    return () => {
      this.#works = this.#works.filter((other) => other !== work);
    };
  }

  onQueueLevel(listener: (level: QueueLevel) => void): void {
    this.#listeners.push(listener);
  }

  /** Delivers nothing any more. */
  leave(): void {
    this.#left = true;
    this.#queue = [];
    this.#works = [];
  }

  #multicast(group: string, header: ByteSpan, payload: ByteSpan | undefined): boolean {
    const length = header.length + (payload === undefined ? 0 : payload.length);
    if (this.#left || this.#queuedBytes + length > this.#queueBytes) return false;
    const bytes = new Uint8Array(length);
    bytes.set(header.subarray());
    if (payload !== undefined) bytes.set(payload.subarray(), header.length);
    this.#queue.push({ group, bytes });
    this.#account(length);
    this.#wake();
    return true;
  }

  #wake(): void {
    if (this.#scheduled || this.#left) return;
    this.#scheduled = true;
    this.#options.schedule(() => this.#turn());
  }

  /** As one visit of the token: deliver what is queued, then run what waits for it. */
  #turn(): void {
    this.#scheduled = false;
    if (this.#left) return;
    if (!this.#formed) this.#form();
    const queue = this.#queue;
    this.#queue = [];
    for (const { group, bytes } of queue) {
      if (this.#left) return;
      this.#account(-bytes.length);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#lent.pointAt(bytes, view, 0, bytes.length);
      for (const receiver of this.#receivers.get(group) ?? []) receiver.deliver(this.nodeId, this.#lent);
    }
    const works = this.#works;
    this.#works = [];
    const again = works.filter((work) => !work());
    this.#works = [...again, ...this.#works];
    if (this.#works.length > 0 || this.#queue.length > 0) this.#wake();
  }

  #form(): void {
    this.#formed = true;
    const members = [this.nodeId];
    const ringId = { representative: this.nodeId, sequence: 4 };
    for (const kind of ["transitional", "regular"] as const) {
      const joined = kind === "regular" ? members : [];
      for (const receivers of this.#receivers.values())
        for (const receiver of receivers)
          receiver.configurationChanged?.({ kind, members, left: [], joined, ringId });
    }
  }

  #account(bytes: number): void {
    this.#queuedBytes += bytes;
    const full = this.#queuedBytes * 4 >= this.#queueBytes * 3;
    const low = this.#queuedBytes * 10 < this.#queueBytes * 3;
    const level: QueueLevel = full ? "critical" : low ? "low" : this.queueLevel;
    if (level === this.queueLevel) return;
    this.queueLevel = level;
    for (const listener of this.#listeners) listener(level);
  }
}
