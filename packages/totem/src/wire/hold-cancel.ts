import { type ByteSpan, CodecError } from "@corosync/codec";
import type { RingId } from "../process-group.ts";
import { HEADER_BYTES, PacketType, writeHeader } from "./header.ts";
import { RING_ID_BYTES, readRingId, writeRingId } from "./ring-id-field.ts";

const LENGTH = HEADER_BYTES + RING_ID_BYTES;

/** The ring whose idle token is wanted (spec totem 2.7). @throws CodecError naming the field at fault */
export function decodeHoldCancel({ view, offset, length }: ByteSpan): RingId {
  if (length < LENGTH)
    throw new CodecError("token_hold_cancel", "length", `${length} bytes, ${LENGTH} needed`);
  return readRingId(view, offset + HEADER_BYTES, "token_hold_cancel");
}

export function encodeHoldCancel(nodeId: number, ringId: RingId): Uint8Array {
  const bytes = new Uint8Array(LENGTH);
  const view = new DataView(bytes.buffer);
  writeHeader(view, 0, PacketType.holdCancel, 0, nodeId);
  writeRingId(view, HEADER_BYTES, ringId);
  return bytes;
}
