import type { ByteSpan } from "@corosync/codec";

/** What reads a trace. */
export interface TraceReader {
  /** Gets a line for every event. */
  line(text: string): void;
  /** Packets are told of as well. */
  readonly packets?: boolean;
}

/** Something that happened; packets are none. */
export interface TraceEvent {
  readonly nowMs: number;
  /** 0 is the cluster. */
  readonly nodeId: number;
  readonly kind: string;
  readonly text: string;
}

/** Spec totem 2.2. */
const TYPE_AT = 3;
const PACKET_NAMES = ["token", "mcast", "merge detect", "join", "commit token", "hold cancel"];

/** Takes down what happens: always as a hash, as lines where somebody reads them. */
export class Trace {
  #hash = 0x811c9dc5;
  readonly #reader: TraceReader | null;

  /** @param check is told every event, and may throw */
  constructor(
    reader: TraceReader | null,
    readonly check: ((event: TraceEvent) => void) | null = null,
  ) {
    this.#reader = reader;
  }

  /** @param value what tells this event from another of its kind */
  add(nowMs: number, nodeId: number, kind: string, value: number, text: () => string): void {
    this.#mix(Math.round(nowMs * 1000) | 0);
    this.#mix((kind.charCodeAt(0) << 24) ^ (kind.charCodeAt(kind.length - 1) << 16) ^ nodeId);
    this.#mix(value);
    if (this.#reader !== null) this.#print(nowMs, nodeId, kind, text());
    this.check?.({ nowMs, nodeId, kind, text: text() });
  }

  /** A packet arrives at a node that lives. */
  packet(nowMs: number, from: number, to: number, { view, length }: ByteSpan): void {
    this.#mix((nowMs * 1000) | 0);
    this.#mix((from << 16) ^ (to << 5) ^ length);
    if (this.#reader?.packets !== true) return;
    const name = length > TYPE_AT ? PACKET_NAMES[view.getUint8(TYPE_AT)] : undefined;
    this.#print(nowMs, to, "packet", `${name ?? "damaged"} of node ${from}, ${length} bytes`);
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  #print(nowMs: number, nodeId: number, kind: string, text: string): void {
    const seconds = (nowMs / 1000).toFixed(6).padStart(14);
    this.#reader!.line(`${seconds}  ${String(nodeId).padStart(3)}  ${kind.padEnd(12)}  ${text}`);
  }

  #mix(value: number): void {
    const hash = Math.imul(this.#hash ^ value, 0x85ebca6b);
    this.#hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16);
  }
}
