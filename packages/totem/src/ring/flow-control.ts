import { OrfToken } from "../wire/orf-token.ts";
import { SORT_QUEUE_SLOTS } from "./packet-store.ts";
import type { RingCore } from "./ring-core.ts";
import { sequenceLessThan } from "./sequence.ts";

/** Flow control by what the token says of the whole ring (spec totem 10.1). Packets count, not bytes. */

/** Rotations without a message and without a hole, after which no member counts anything any more. */
const QUIET_ROTATIONS = 3;

/**
 * Takes back what the token counts and nobody has sent. Members only add to `fcc` and take their own away
 * again, so that a wrong value would stay until the next ring, and one of a whole window would stop all
 * sending. In a ring that has been quiet for long enough it is known to be 0.
 */
export function mendFlowControl(core: RingCore, token: DataView): void {
  const complete = token.getUint32(OrfToken.aruAt, true) === token.getUint32(OrfToken.seqAt, true);
  const quiet = complete && core.seqUnchanged > 0 && token.getInt32(OrfToken.rtrEntriesAt, true) === 0;
  const wrong = quiet && token.getUint32(OrfToken.fccAt, true) !== 0;
  core.wrongCounts = wrong ? core.wrongCounts + 1 : 0;
  if (core.wrongCounts > QUIET_ROTATIONS) token.setUint32(OrfToken.fccAt, 0, true);
}

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
