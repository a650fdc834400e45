import { type ByteSpan, CodecError } from "@corosync/codec";
import { HEADER_BYTES, NODE_ID_AT, PacketType, writeHeader } from "./header.ts";
import { readRingSequence, writeRingSequence } from "./ring-id-field.ts";

/** PROCESSOR_COUNT_MAX: members of a ring, entries of each list. */
export const PROCESSOR_COUNT_MAX = 384;

const LISTS_AT = 33;
/** The node id that marks a join as a leave message (spec totem 2.6). */
const LEAVE_NODE_ID = 0;

/** A memb_join message, or the leave message of the same layout. */
export interface Join {
  /** Sender. */
  readonly systemFrom: number;
  readonly leave: boolean;
  readonly processors: readonly number[];
  readonly failed: readonly number[];
  /** Sequence of the sender's current ring id. */
  readonly ringSequence: number;
}

function readNodeIds(view: DataView, offset: number, count: number): number[] {
  const ids = new Array<number>(count);
  for (let i = 0; i < count; i++) ids[i] = view.getUint32(offset + 4 * i, true);
  return ids;
}

function writeNodeIds(view: DataView, offset: number, ids: readonly number[]): void {
  for (let i = 0; i < ids.length; i++) view.setUint32(offset + 4 * i, ids[i]!, true);
}

/** @throws CodecError naming the field at fault */
export function decodeJoin({ view, offset, length }: ByteSpan): Join {
  if (length < LISTS_AT)
    throw new CodecError("memb_join", "length", `${length} bytes, at least ${LISTS_AT} needed`);
  const processors = view.getUint32(offset + 17, true);
  const failed = view.getUint32(offset + 21, true);
  if (processors > PROCESSOR_COUNT_MAX)
    throw new CodecError("memb_join", "proc_list_entries", `${processors}`);
  if (failed > PROCESSOR_COUNT_MAX) throw new CodecError("memb_join", "failed_list_entries", `${failed}`);
  if (LISTS_AT + 4 * (processors + failed) > length) {
    throw new CodecError(
      "memb_join",
      "lists",
      `${processors} + ${failed} entries do not fit ${length} bytes`,
    );
  }
  return {
    systemFrom: view.getUint32(offset + HEADER_BYTES, true),
    leave: view.getUint32(offset + NODE_ID_AT, true) === LEAVE_NODE_ID,
    ringSequence: readRingSequence(view, offset + 25, "memb_join"),
    processors: readNodeIds(view, offset + LISTS_AT, processors),
    failed: readNodeIds(view, offset + LISTS_AT + 4 * processors, failed),
  };
}

export function encodeJoin(join: Join): Uint8Array {
  const { processors, failed } = join;
  const bytes = new Uint8Array(LISTS_AT + 4 * (processors.length + failed.length));
  const view = new DataView(bytes.buffer);
  writeHeader(view, 0, PacketType.join, 0, join.leave ? LEAVE_NODE_ID : join.systemFrom);
  view.setUint32(HEADER_BYTES, join.systemFrom, true);
  view.setUint32(17, processors.length, true);
  view.setUint32(21, failed.length, true);
  writeRingSequence(view, 25, join.ringSequence);
  writeNodeIds(view, LISTS_AT, processors);
  writeNodeIds(view, LISTS_AT + 4 * processors.length, failed);
  return bytes;
}
