import type { ByteSpan } from "@corosync/codec";
import { PacketType, writeHeader } from "../wire/header.ts";
import { Encapsulated, Mcast, writeMcastHeader } from "../wire/mcast.ts";
import { OrfToken, orfTokenFault, orfTokenLength } from "../wire/orf-token.ts";
import { isRingIdAt } from "../wire/ring-id-field.ts";
import { Timer } from "./deadlines.ts";
import { deliverReceived, freeMessages } from "./delivery.ts";
import { allowedPackets, guardWindow, mendFlowControl, updateFlowControl } from "./flow-control.ts";
import type { PacketStore } from "./packet-store.ts";
import { dropRecovered, encapsulateNext, recoveryTokenVisit } from "./recovery.ts";
import { answerRequests, requestMissing } from "./retransmission.ts";
import { GatherReason, type RingCore } from "./ring-core.ts";
import { sequenceAtMost, sequenceLessThan } from "./sequence.ts";

/**
 * The visit of the ORF token (spec totem section 10, whose steps are named here). Idle bookkeeping and
 * freeing come after the checks for duplicates and foreign rings; in C before them (spec totem Q11).
 */
export function receiveOrfToken(core: RingCore, packet: ByteSpan): string | null {
  const fault = orfTokenFault(packet.view, packet.offset, packet.length);
  if (fault !== null) return fault;
  if (core.orfTokenDiscard || core.state === "commit" || core.state === "gather") return null;
  const { judgeAcceptedTokensOnly } = core.behaviour;
  if (!judgeAcceptedTokensOnly) judgeToken(core, packet);
  if (!isRingIdAt(packet.view, packet.offset + OrfToken.ringIdAt, core.ringId)) {
    if (!judgeAcceptedTokensOnly) armHeartbeat(core, !(core.isRepresentative && core.tokenHeld));
    return null;
  }
  if (sequenceAtMost(packet.u32(OrfToken.tokenSeqAt), core.tokenSeq)) return null;
  const seq = packet.u32(OrfToken.seqAt);
  if (sequenceLessThan(seq, core.lastSentTokenSeq)) {
    // What is numbered anew from there would never be delivered.
    return `orf_token.seq: ${seq} lies before ${core.lastSentTokenSeq}, which this node has sent on`;
  }
  if (judgeAcceptedTokensOnly) judgeToken(core, packet);

  const token = adoptToken(core, packet);
  const lastAru = core.lastAru;
  core.lastAru = token.getUint32(OrfToken.aruAt, true);

  mendFlowControl(core, token);
  const sentEarly = sendPackets(core, token);
  if (
    core.config.cancelTokenHoldOnRetransmit &&
    (sentEarly.retransmitted > 0 || token.getInt32(OrfToken.rtrEntriesAt, true) > 0)
  ) {
    core.tokenHeld = false;
  }
  updateFlowControl(core, token, sentEarly.retransmitted + sentEarly.fresh);
  updateAru(core, token, lastAru);
  if (hasFailedToReceive(core, token)) return null;

  core.tokenSeq = token.getUint32(OrfToken.tokenSeqAt, true);
  token.setUint32(OrfToken.tokenSeqAt, (core.tokenSeq + 1) >>> 0, true);
  if (core.state === "recovery") recoveryTokenVisit(core, token);
  const forward = !(core.isRepresentative && core.tokenHeld);
  passToken(core, token, forward);
  sendLatePackets(core);
  if (core.state === "operational") deliverReceived(core);
  armAfterVisit(core, forward);
  for (let i = core.tokenSent.length - 1; i >= 0; i--) core.tokenSent[i]!();
  return null;
}

/** Copies the token to where it is patched, kept for retransmission and sent from. */
function adoptToken(core: RingCore, packet: ByteSpan): DataView {
  packet.copyTo(core.savedTokenView, orfTokenLength(packet.view, packet.offset));
  return core.savedTokenView;
}

/** Steps 2, 4 and 5. */
function judgeToken(core: RingCore, packet: ByteSpan): void {
  core.tokenHeld = judgeIdle(core, packet.u32(OrfToken.seqAt));
  if (core.state === "operational") freeMessages(core, packet.u32(OrfToken.aruAt));
}

/** Counts rotations without a message; true when the ring is idle enough to hold the token (steps 2 and 4). */
function judgeIdle(core: RingCore, tokenSeq: number): boolean {
  const { deadlines, config } = core;
  if (tokenSeq === core.lastSeq) {
    if (!deadlines.isArmed(Timer.merge)) deadlines.arm(Timer.merge, core.nowMs + config.mergeMs);
    core.seqUnchanged++;
  } else {
    deadlines.cancel(Timer.merge);
    deadlines.cancel(Timer.hold);
    core.seqUnchanged = 0;
  }
  core.lastSeq = tokenSeq;
  return core.isRepresentative
    ? core.seqUnchanged > config.seqnoUnchangedConst
    : core.seqUnchanged >= config.seqnoUnchangedConst;
}

/** What a visit sent, reused from visit to visit. */
const sent = { retransmitted: 0, fresh: 0 };

/** Steps 9 to 12: retransmissions first, then new packets, both within the flow control's allowance. */
function sendPackets(core: RingCore, token: DataView): typeof sent {
  const recovering = core.state === "recovery";
  if (recovering) dropRecovered(core);
  const store = recovering ? core.recovery : core.regular;
  const backlog = recovering ? core.retransQueueLength : core.source.backlogPackets();
  let allowed = allowedPackets(core, token, backlog);
  core.tokenTimes.received(core.nowMs, backlog);
  const tokenSeq = token.getUint32(OrfToken.seqAt, true);
  sent.retransmitted = answerRequests(core, token, store, allowed);
  allowed -= sent.retransmitted;
  requestMissing(core, token, store, requestLimit(core, tokenSeq));
  allowed = guardWindow(core, tokenSeq, allowed);
  if (recovering) {
    core.armTokenRetransmit();
    sent.fresh = multicastRecovered(core, tokenSeq, allowed);
  } else {
    sent.fresh = multicastNew(core, store, tokenSeq, allowed);
  }
  token.setUint32(OrfToken.seqAt, (tokenSeq + sent.fresh) >>> 0, true);
  if (sent.fresh > 0) {
    core.highSeqReceived = (tokenSeq + sent.fresh) >>> 0;
    core.advanceAru(store);
  }
  return sent;
}

/** An accelerating ring may not yet have sent what the token announces (spec totem 20, rules 3 and 5). */
function requestLimit(core: RingCore, tokenSeq: number): number {
  if (core.acceleratedWindowPackets === 0 || core.state === "recovery") return tokenSeq;
  return sequenceLessThan(core.lastSentTokenSeq, tokenSeq) ? core.lastSentTokenSeq : tokenSeq;
}

/** Packs, stamps and sends new packets (spec totem 10.4). All but an accelerated window leave at once. */
function multicastNew(core: RingCore, store: PacketStore, tokenSeq: number, allowed: number): number {
  if (allowed === 0 || !store.ensure((tokenSeq + allowed) >>> 0)) return 0;
  const { batch, source, netMtuBytes, nodeId, ringId } = core;
  const { slab, view } = store;
  batch.bytes = slab;
  batch.count = 0;
  source.beginVisit(allowed);
  while (batch.count < allowed) {
    const seq = (tokenSeq + batch.count + 1) >>> 0;
    const at = store.slotOffset(seq);
    const payloadBytes = source.nextPacket(slab, view, at + Mcast.payloadAt, netMtuBytes);
    if (payloadBytes === 0) break;
    writeMcastHeader(view, at, Encapsulated.normal, nodeId, seq, core.thisSeqno, ringId);
    core.thisSeqno = (core.thisSeqno + 1) | 0;
    store.occupy(seq, Mcast.payloadAt + payloadBytes);
    batch.add(at, Mcast.payloadAt + payloadBytes);
  }
  core.latePackets = Math.min(core.acceleratedWindowPackets, batch.count);
  const count = batch.count;
  batch.count = count - core.latePackets;
  if (batch.count > 0) core.environment.multicast(batch);
  core.counters.mcast_tx += count;
  return count;
}

/** The packets of an accelerated window, which follow the token (spec totem 20). */
function sendLatePackets(core: RingCore): void {
  if (core.latePackets === 0) return;
  const { batch } = core;
  for (let i = 0; i < core.latePackets; i++) {
    batch.offsets[i] = batch.offsets[batch.count + i]!;
    batch.lengths[i] = batch.lengths[batch.count + i]!;
  }
  batch.count = core.latePackets;
  core.latePackets = 0;
  core.environment.multicast(batch);
}

/** Sends old-ring packets encapsulated (spec totem 8.1, 8.3). */
function multicastRecovered(core: RingCore, tokenSeq: number, allowed: number): number {
  const { batch, recovery } = core;
  let count = 0;
  while (count < allowed) {
    const seq = (tokenSeq + count + 1) >>> 0;
    if (!encapsulateNext(core, seq) || !recovery.locate(seq)) break;
    core.thisSeqno = (core.thisSeqno + 1) | 0;
    batch.bytes = recovery.packet.bytes;
    batch.count = 0;
    batch.add(recovery.packet.offset, recovery.packet.length);
    core.environment.multicast(batch);
    count++;
  }
  return count;
}

/**
 * Step 14: the token's aru is the lowest that a rotation has seen (spec totem 10.6). One that stands for
 * a node outside of the ring would stay for ever, as nobody takes it back: it counts as nobody's.
 */
function updateAru(core: RingCore, token: DataView, lastAru: number): void {
  const aruAddr = token.getUint32(OrfToken.aruAddrAt, true);
  if (
    sequenceLessThan(core.aru, token.getUint32(OrfToken.aruAt, true)) ||
    aruAddr === core.nodeId ||
    aruAddr === 0 ||
    !core.newMembers.includes(aruAddr)
  ) {
    token.setUint32(OrfToken.aruAt, core.aru, true);
    const complete = core.aru === token.getUint32(OrfToken.seqAt, true);
    token.setUint32(OrfToken.aruAddrAt, complete ? 0 : core.nodeId, true);
  }
  const stuck =
    token.getUint32(OrfToken.aruAt, true) === lastAru && token.getUint32(OrfToken.aruAddrAt, true) !== 0;
  core.aruCount = stuck ? core.aruCount + 1 : 0;
}

/** A node whose own aru has not moved for too long leaves the ring to the others (spec totem 13.2). */
function hasFailedToReceive(core: RingCore, token: DataView): boolean {
  if (core.aruCount <= core.config.failRecvConst) return false;
  if (token.getUint32(OrfToken.aruAddrAt, true) !== core.nodeId) return false;
  core.log("error", "FAILED TO RECEIVE");
  core.failedToReceive = true;
  if (!core.failed.includes(core.nodeId)) core.failed.push(core.nodeId);
  core.latePackets = 0;
  core.transitions.gather(GatherReason.failedToReceive);
  return true;
}

/** Step 17: the token goes on, or stays here saved while the ring is idle. */
function passToken(core: RingCore, token: DataView, forward: boolean): void {
  // Whole, so that what others left unset in it does not travel on (spec totem Q2).
  writeHeader(token, 0, PacketType.orfToken, 0, core.nodeId);
  core.savedTokenLength = orfTokenLength(token, 0);
  core.lastSentTokenSeq = token.getUint32(OrfToken.seqAt, true);
  if (!forward) return;
  core.sendSavedToken();
  core.tokenTimes.sent(core.environment.now?.() ?? core.nowMs);
}

/** Steps 19 and 21. */
function armAfterVisit(core: RingCore, forward: boolean): void {
  const { deadlines, config, nowMs } = core;
  core.lastTokenReceivedMs = nowMs;
  core.armTokenTimers();
  core.armTokenRetransmit();
  if (core.isRepresentative && core.tokenHeld) deadlines.arm(Timer.hold, nowMs + config.holdMs);
  armHeartbeat(core, forward);
}

function armHeartbeat({ deadlines, nowMs, heartbeatMs }: RingCore, forward: boolean): void {
  if (forward && heartbeatMs > 0) deadlines.arm(Timer.heartbeat, nowMs + heartbeatMs);
  else deadlines.cancel(Timer.heartbeat);
}
