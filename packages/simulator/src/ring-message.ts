import type { Life } from "./life.ts";
import type { RingInstance } from "./ring-instances.ts";

/** A message as its sender handed it to the ring. */
export interface SentMessage {
  /** Counts the messages of one life. */
  readonly number: number;
  /** Of all its bytes. */
  readonly hash: number;
  /** Queued while the sender synchronized. */
  readonly synchronizing: boolean;
  /** Where the latest message stands that the sender delivered before. */
  readonly cause: Position | null;
  /** The process that multicast it and its number there, `node/pid:number`; null for messages of engines. */
  readonly client: string | null;
}

/** A place in the order of all messages of all rings. */
export interface Position {
  readonly ring: RingInstance;
  /** Place within the ring, from 0. */
  readonly index: number;
}

/** A message that has left on a ring: its last packet says where in the order it stands. */
export interface OrderedMessage extends Position, SentMessage {
  readonly sender: Life;
  /** Sequence of the packet that completed it. */
  readonly seq: number;
  /** The ring in which its first byte was sent. */
  readonly begunIn: RingInstance;
}

/** What stands behind each message on the ring: node, life, number and hash, 4 bytes each. */
export const TRAILER_BYTES = 16;

export interface Trailer {
  readonly nodeId: number;
  readonly life: number;
  readonly number: number;
  readonly hash: number;
}

export function writeTrailer(view: DataView, at: number, { nodeId, life, number, hash }: Trailer): void {
  view.setUint32(at, nodeId, true);
  view.setUint32(at + 4, life, true);
  view.setUint32(at + 8, number, true);
  view.setUint32(at + 12, hash, true);
}

export function readTrailer(view: DataView, at: number): Trailer {
  return {
    nodeId: view.getUint32(at, true),
    life: view.getUint32(at + 4, true),
    number: view.getUint32(at + 8, true),
    hash: view.getUint32(at + 12, true),
  };
}

export function describeMessage(message: OrderedMessage): string {
  const { sender, number, ring, seq, client } = message;
  return `message ${number} of node ${sender.name}${client === null ? "" : ` (${client})`}, packet ${seq} of ring ${ring.name}`;
}
