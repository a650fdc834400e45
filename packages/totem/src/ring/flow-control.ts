import { OrfToken } from "../wire/orf-token.ts";
import { SORT_QUEUE_SLOTS } from "./packet-store.ts";
import type { RingCore } from "./ring-core.ts";
import { sequenceLessThan } from "./sequence.ts";

/** Flow control by what the token says of the whole ring (spec totem 10.1). Packets count, not bytes. */

/** Packets that this visit may send, retransmissions included. Measures the backlog. */
export function allowedPackets(core: RingCore, token: DataView, backlog: number): number {
  const { maxMessagesPackets, windowSizePackets } = core.config;
  const fcc = token.getUint32(OrfToken.fccAt, true);
  let allowed = Math.min(maxMessagesPackets, windowRoom(core, windowSizePackets - fcc));
  core.currentBacklog = backlog;
  const ringBacklog = (token.getUint32(OrfToken.backlogAt, true) + backlog - core.previousBacklog) >>> 0;
  if (ringBacklog > 0) {
    const share = Math.floor((windowSizePackets * core.previousBacklog) / ringBacklog);
    if (share > 0 && allowed > share) allowed = share;
  }
  return allowed;
}

/** C computes the difference unsigned, so that it wraps when fcc exceeds the window (spec totem Q12). */
function windowRoom(core: RingCore, difference: number): number {
  if (difference >= 0) return difference;
  return core.behaviour.clampWindow ? 0 : difference >>> 0;
}

/** 0 when the ring is so far ahead of what is freed that new packets could not be held (step 11). */
export function guardWindow(core: RingCore, tokenSeq: number, allowed: number): number {
  const limit = (core.lastReleased + SORT_QUEUE_SLOTS - allowed - core.config.windowSizePackets) >>> 0;
  return sequenceLessThan(limit, tokenSeq) ? 0 : allowed;
}

/** Replaces this node's share in the token's sums by what it sent and has queued now. */
export function updateFlowControl(core: RingCore, token: DataView, sent: number): void {
  const fcc = token.getUint32(OrfToken.fccAt, true);
  token.setUint32(OrfToken.fccAt, (fcc + sent - core.transmitCount) >>> 0, true);
  core.transmitCount = sent;
  const backlog = token.getUint32(OrfToken.backlogAt, true);
  token.setUint32(OrfToken.backlogAt, (backlog + core.currentBacklog - core.previousBacklog) >>> 0, true);
  core.previousBacklog = core.currentBacklog;
}
