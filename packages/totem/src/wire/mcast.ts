import type { RingId } from "../process-group.ts";
import { PacketType, writeHeader } from "./header.ts";
import { writeRingId } from "./ring-id-field.ts";

/** A mcast: 45 bytes, then the payload (spec totem 2.4). Stored and retransmitted as it was sent. */
export const Mcast = {
  systemFromAt: 13,
  seqAt: 17,
  thisSeqnoAt: 21,
  ringIdAt: 25,
  guaranteeAt: 41,
  payloadAt: 45,
} as const;

/** `encapsulated` of a mcast: 1 carries a packet of the old ring during recovery, 2 is normal. */
export const Encapsulated = { recovery: 1, normal: 2 } as const;

/** Largest packet of any kind (FRAME_SIZE_MAX). */
export const FRAME_BYTES_MAX = 65_536;

/** What is wrong with a mcast, or null. */
export function mcastFault(view: DataView, offset: number, length: number): string | null {
  if (length < Mcast.payloadAt) return `mcast: ${length} bytes, at least ${Mcast.payloadAt} needed`;
  if (length > FRAME_BYTES_MAX) return `mcast: ${length} bytes exceed ${FRAME_BYTES_MAX}`;
  const encapsulated = view.getInt8(offset + 4);
  if (encapsulated !== Encapsulated.recovery && encapsulated !== Encapsulated.normal) {
    return `mcast.encapsulated: ${encapsulated}`;
  }
  return null;
}

export function writeMcastHeader(
  view: DataView,
  offset: number,
  encapsulated: number,
  nodeId: number,
  seq: number,
  thisSeqno: number,
  ringId: RingId,
): void {
  writeHeader(view, offset, PacketType.mcast, encapsulated, nodeId);
  view.setUint32(offset + Mcast.systemFromAt, nodeId, true);
  view.setUint32(offset + Mcast.seqAt, seq, true);
  view.setInt32(offset + Mcast.thisSeqnoAt, thisSeqno, true);
  writeRingId(view, offset + Mcast.ringIdAt, ringId);
  view.setUint32(offset + 37, 0, true);
  view.setInt32(offset + Mcast.guaranteeAt, 0, true);
}
