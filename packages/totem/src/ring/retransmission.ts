import { OrfToken, RTR_ENTRIES_MAX, RTR_ENTRY_BYTES } from "../wire/orf-token.ts";
import { isRingIdAt, RING_ID_BYTES, writeRingId } from "../wire/ring-id-field.ts";
import type { PacketStore } from "./packet-store.ts";
import type { RingCore } from "./ring-core.ts";
import { sequenceAtMost, sequenceLessThan } from "./sequence.ts";

/** Retransmission requests in the token (spec totem 10.3). */

/** Answers requests that this node can, at most `allowed`, and removes them. Returns how many. */
export function answerRequests(core: RingCore, token: DataView, store: PacketStore, allowed: number): number {
  const entries = token.getInt32(OrfToken.rtrEntriesAt, true);
  if (entries === 0) return 0;
  logRequests(core, token, entries);
  let kept = 0;
  let sent = 0;
  for (let i = 0; i < entries; i++) {
    const at = OrfToken.rtrListAt + i * RTR_ENTRY_BYTES;
    const seq = token.getUint32(at + RING_ID_BYTES, true);
    if (!isOpen(core, token, at, seq)) continue;
    if (sent < allowed && store.locate(seq)) {
      sendStored(core, store);
      sent++;
      continue;
    }
    moveEntry(token, at, OrfToken.rtrListAt + kept * RTR_ENTRY_BYTES);
    kept++;
  }
  token.setInt32(OrfToken.rtrEntriesAt, kept, true);
  core.counters.mcast_retx += sent;
  return sent;
}

/**
 * Whether a request can still be answered. One of another ring, of what everybody has or of what nobody
 * has sent, which no node makes, would stay in the token for ever and crowd out the true ones.
 */
function isOpen(core: RingCore, token: DataView, at: number, seq: number): boolean {
  return (
    isRingIdAt(token, at, core.ringId) &&
    sequenceLessThan(core.lastReleased, seq) &&
    sequenceAtMost(seq, token.getUint32(OrfToken.seqAt, true))
  );
}

/** Multicasts the packet just located, as it was first sent. */
function sendStored(core: RingCore, store: PacketStore): void {
  const { batch } = core;
  batch.bytes = store.packet.bytes;
  batch.count = 0;
  batch.add(store.packet.offset, store.packet.length);
  core.environment.multicast(batch);
}

function moveEntry(token: DataView, from: number, to: number): void {
  if (from === to) return;
  for (let i = 0; i < RTR_ENTRY_BYTES; i += 4) token.setUint32(to + i, token.getUint32(from + i, true), true);
}

/** Requests what has been missing for `missCountConst` visits, up to `upTo`. */
export function requestMissing(core: RingCore, token: DataView, store: PacketStore, upTo: number): void {
  let entries = token.getInt32(OrfToken.rtrEntriesAt, true);
  for (let seq = (core.aru + 1) >>> 0; sequenceAtMost(seq, upTo); seq = (seq + 1) >>> 0) {
    if (entries === RTR_ENTRIES_MAX || !store.inRange(seq)) break;
    if (store.has(seq)) continue;
    if (store.missed(seq) < core.config.missCountConst || isRequested(token, entries, seq)) continue;
    const at = OrfToken.rtrListAt + entries * RTR_ENTRY_BYTES;
    writeRingId(token, at, core.ringId);
    token.setUint32(at + RING_ID_BYTES, seq, true);
    entries++;
  }
  token.setInt32(OrfToken.rtrEntriesAt, entries, true);
}

function isRequested(token: DataView, entries: number, seq: number): boolean {
  for (let i = 0; i < entries; i++) {
    if (token.getUint32(OrfToken.rtrListAt + i * RTR_ENTRY_BYTES + RING_ID_BYTES, true) === seq) return true;
  }
  return false;
}

function logRequests(core: RingCore, token: DataView, entries: number): void {
  const seqs: string[] = [];
  for (let i = 0; i < entries; i++) {
    seqs.push(token.getUint32(OrfToken.rtrListAt + i * RTR_ENTRY_BYTES + RING_ID_BYTES, true).toString(16));
  }
  core.log("notice", `Retransmit List: ${seqs.join(" ")} `);
}
