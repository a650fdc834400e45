import { CodecError } from "@corosync/codec";
import type { RingId } from "../process-group.ts";

/** A ring id inside a packet: representative u32, sequence u64 (spec totem 2.2). */
export const RING_ID_BYTES = 12;

/**
 * The largest ring sequence that is believed. Far below 2^53, so that a sequence that grows from here
 * stays exact, and far above what a cluster can reach.
 */
export const RING_SEQUENCE_MAX = 2 ** 52;

export const NO_RING: RingId = { representative: 0, sequence: 0 };

function sequenceAt(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true);
}

/** Reads a ring sequence. @throws CodecError above `RING_SEQUENCE_MAX` */
export function readRingSequence(view: DataView, offset: number, struct: string): number {
  const sequence = sequenceAt(view, offset);
  if (sequence > RING_SEQUENCE_MAX) throw new CodecError(struct, "ring_seq", `${sequence} is not credible`);
  return sequence;
}

/** @throws CodecError when the sequence exceeds `RING_SEQUENCE_MAX` */
export function readRingId(view: DataView, offset: number, struct: string): RingId {
  return {
    representative: view.getUint32(offset, true),
    sequence: readRingSequence(view, offset + 4, struct),
  };
}

export function writeRingSequence(view: DataView, offset: number, sequence: number): void {
  view.setUint32(offset, sequence >>> 0, true);
  view.setUint32(offset + 4, Math.floor(sequence / 0x1_0000_0000), true);
}

export function writeRingId(view: DataView, offset: number, ringId: RingId): void {
  view.setUint32(offset, ringId.representative, true);
  writeRingSequence(view, offset + 4, ringId.sequence);
}

/** Whether the ring id at `offset` is `ringId`; nothing is allocated. */
export function isRingIdAt(view: DataView, offset: number, ringId: RingId): boolean {
  return (
    view.getUint32(offset, true) === ringId.representative && sequenceAt(view, offset + 4) === ringId.sequence
  );
}

/** Whether two ids name one ring. */
export function sameRing(a: RingId, b: RingId): boolean {
  return a.sequence === b.sequence && a.representative === b.representative;
}

/** As the C daemon prints it: both halves hexadecimal. */
export function formatRingId(ringId: RingId): string {
  return `${ringId.representative.toString(16)}.${ringId.sequence.toString(16)}`;
}
