import { Encapsulated, Mcast } from "../wire/mcast.ts";
import { encodeMergeDetect } from "../wire/merge-detect.ts";
import { formatRingId, isRingIdAt } from "../wire/ring-id-field.ts";
import { Timer } from "./deadlines.ts";
import { deliverBehindHoles, deliverReceived } from "./delivery.ts";
import { without } from "./node-set.ts";
import type { RingCore } from "./ring-core.ts";
import { sequenceLessThan } from "./sequence.ts";

/**
 * Installs the new ring: what is left of the old one is delivered around the transitional
 * configuration, then the regular configuration follows (spec totem section 9, whose steps these are).
 */
export function enterOperational(core: RingCore): void {
  const { environment, deadlines } = core;
  core.originatedOrfToken = false;
  core.consensus.clear();
  core.heardSequences.clear();
  core.oldRingSaved = false;
  takeRecoveredMessages(core);

  const recoveredAru = core.aru;
  const recoveredHigh = core.highSeqReceived;
  core.highSeqReceived = core.oldHighSeqReceived;
  deliverReceived(core);

  const left = without(core.members, core.transitionalMembers);
  const joined = without(core.newMembers, core.transitionalMembers);
  const transitional = core.transitionalMembers;
  core.members = [...core.newMembers];
  environment.configurationChanged({
    kind: "transitional",
    members: transitional,
    left,
    joined: [],
    ringId: core.ringId,
  });
  core.waitingTransAck = true;
  deliverBehindHoles(core);
  environment.configurationChanged({
    kind: "regular",
    members: core.members,
    left: [],
    joined,
    ringId: core.ringId,
  });

  core.aru = recoveredAru;
  core.highSeqReceived = recoveredHigh;
  recoveryBecomesRegular(core);
  core.lastAru = core.sequenceOrigin;
  core.setRetransFlg = false;
  core.processors = [...core.members];
  core.failed = [];
  logMembership(core, joined, left);
  core.state = "operational";
  core.counters.operational_entered++;
  core.counters.continuous_gather = 0;
  core.receivedFlg = true;
  core.lastPauseCheckMs = core.nowMs;
  deadlines.arm(Timer.pause, core.nowMs + core.config.tokenTimeoutMs / 5);
  core.oldRingId = core.ringId;
}

/** Moves old-ring packets that arrived encapsulated into the old ring's queue (step 2). */
function takeRecoveredMessages(core: RingCore): void {
  const { recovery, regular, sequenceOrigin } = core;
  const count = (core.aru - sequenceOrigin) >>> 0;
  for (let i = 1; i <= count; i++) {
    const seq = (sequenceOrigin + i) >>> 0;
    if (!recovery.locate(seq)) continue;
    const { bytes, view, offset, length } = recovery.packet;
    if (view.getInt8(offset + 4) !== Encapsulated.recovery) continue;
    const inner = offset + Mcast.payloadAt;
    const innerLength = length - Mcast.payloadAt;
    // Complained of when it came.
    if (innerLength < Mcast.payloadAt) continue;
    if (!isRingIdAt(view, inner + Mcast.ringIdAt, core.oldRingId)) continue;
    const oldSeq = view.getUint32(inner + Mcast.seqAt, true);
    if (regular.add(oldSeq, bytes, inner, innerLength) && sequenceLessThan(core.oldHighSeqReceived, oldSeq)) {
      core.oldHighSeqReceived = oldSeq;
    }
  }
}

/**
 * The new ring's queue takes the old one's place; what it holds was recovered and counts as delivered
 * (step 10). Nothing honest lies behind the aru then, on which the whole ring has agreed: what a forged
 * packet has put there would stand where the ring is still to send.
 */
function recoveryBecomesRegular(core: RingCore): void {
  const old = core.regular;
  core.regular = core.recovery;
  core.recovery = old;
  old.reset();
  core.regularRingId = core.ringId;
  core.regular.forgetBehind(core.aru);
  core.highSeqReceived = core.aru;
  core.highDelivered = core.aru;
  core.regular.release(core.aru);
  core.lastReleased = core.aru;
  core.retransQueue = [];
  core.retransQueueHead = 0;
}

function logMembership(core: RingCore, joined: readonly number[], left: readonly number[]): void {
  const joinedText = joined.length > 0 ? ` joined: ${joined.join(" ")}` : "";
  const leftText = left.length > 0 ? ` left: ${left.join(" ")}` : "";
  const failed = left.filter((id) => !core.leavers.has(id));
  core.leavers.clear();
  core.log("debug", "entering OPERATIONAL state.");
  core.log(
    "notice",
    `A new membership (${formatRingId(core.ringId)}) was formed. Members${joinedText}${leftText}`,
  );
  if (failed.length > 0)
    core.log("notice", `Failed to receive the leave message. failed: ${failed.join(" ")}`);
}

/** The merge timer: the representative of an idle ring shows itself to other rings (spec totem section 5). */
export function mergeTimerExpired(core: RingCore): void {
  if (core.state !== "operational" || !core.isRepresentative) return;
  core.counters.memb_merge_detect_tx++;
  core.environment.multicastControl(encodeMergeDetect({ systemFrom: core.nodeId, ringId: core.ringId }));
}
