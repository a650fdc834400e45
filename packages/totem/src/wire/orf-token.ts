import type { RingId } from "../process-group.ts";
import { PacketType, writeHeader } from "./header.ts";
import { RING_ID_BYTES, writeRingId } from "./ring-id-field.ts";

/**
 * The ORF token (spec totem 2.3). It is read and patched in place at these offsets: a token visit
 * re-encodes nothing.
 */
export const OrfToken = {
  seqAt: 13,
  tokenSeqAt: 17,
  aruAt: 21,
  aruAddrAt: 25,
  ringIdAt: 29,
  backlogAt: 41,
  fccAt: 45,
  retransFlgAt: 49,
  rtrEntriesAt: 53,
  rtrListAt: 57,
} as const;

/** One retransmission request: ring id, then seq u32. */
export const RTR_ENTRY_BYTES = RING_ID_BYTES + 4;
export const RTR_ENTRIES_MAX = 30;
export const ORF_TOKEN_BYTES_MAX = OrfToken.rtrListAt + RTR_ENTRIES_MAX * RTR_ENTRY_BYTES;

/** What is wrong with a token, or null. Every later read stays inside what this has checked. */
export function orfTokenFault(view: DataView, offset: number, length: number): string | null {
  if (length < OrfToken.rtrListAt) return `orf_token: ${length} bytes, at least ${OrfToken.rtrListAt} needed`;
  const entries = view.getInt32(offset + OrfToken.rtrEntriesAt, true);
  if (entries < 0 || entries > RTR_ENTRIES_MAX) return `orf_token.rtr_list_entries: ${entries}`;
  if (length < OrfToken.rtrListAt + entries * RTR_ENTRY_BYTES) {
    return `orf_token.rtr_list: ${entries} entries do not fit ${length} bytes`;
  }
  return null;
}

/** Bytes of the token at `offset`, its request list included. */
export function orfTokenLength(view: DataView, offset: number): number {
  return OrfToken.rtrListAt + view.getInt32(offset + OrfToken.rtrEntriesAt, true) * RTR_ENTRY_BYTES;
}

/**
 * Writes the token that starts a ring (spec totem 8.2): until the representative lowers it, aru lies one
 * before the origin, from which the ring counts; that is all ones when it counts from 0.
 */
export function writeInitialOrfToken(
  view: DataView,
  offset: number,
  nodeId: number,
  ringId: RingId,
  retransFlg: boolean,
  sequenceOrigin = 0,
): void {
  writeHeader(view, offset, PacketType.orfToken, 0, nodeId);
  view.setUint32(offset + OrfToken.seqAt, sequenceOrigin, true);
  view.setUint32(offset + OrfToken.tokenSeqAt, sequenceOrigin, true);
  view.setUint32(offset + OrfToken.aruAt, (sequenceOrigin - 1) >>> 0, true);
  view.setUint32(offset + OrfToken.aruAddrAt, nodeId, true);
  writeRingId(view, offset + OrfToken.ringIdAt, ringId);
  view.setUint32(offset + OrfToken.backlogAt, 0, true);
  view.setUint32(offset + OrfToken.fccAt, 0, true);
  view.setInt32(offset + OrfToken.retransFlgAt, retransFlg ? 1 : 0, true);
  view.setInt32(offset + OrfToken.rtrEntriesAt, 0, true);
}
