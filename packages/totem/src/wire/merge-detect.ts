import { type ByteSpan, CodecError } from "@corosync/codec";
import type { RingId } from "../process-group.ts";
import { HEADER_BYTES, PacketType, writeHeader } from "./header.ts";
import { readRingId, writeRingId } from "./ring-id-field.ts";

const LENGTH = 29;

/** Announces a ring to whoever is not in it (spec totem 2.5). */
export interface MergeDetect {
  readonly systemFrom: number;
  readonly ringId: RingId;
}

/** @throws CodecError naming the field at fault */
export function decodeMergeDetect({ view, offset, length }: ByteSpan): MergeDetect {
  if (length < LENGTH)
    throw new CodecError("memb_merge_detect", "length", `${length} bytes, ${LENGTH} needed`);
  return {
    systemFrom: view.getUint32(offset + HEADER_BYTES, true),
    ringId: readRingId(view, offset + 17, "memb_merge_detect"),
  };
}

export function encodeMergeDetect({ systemFrom, ringId }: MergeDetect): Uint8Array {
  const bytes = new Uint8Array(LENGTH);
  const view = new DataView(bytes.buffer);
  writeHeader(view, 0, PacketType.mergeDetect, 0, systemFrom);
  view.setUint32(HEADER_BYTES, systemFrom, true);
  writeRingId(view, 17, ringId);
  return bytes;
}
