import type { ByteSpan } from "@corosync/codec";
import type { CommitToken } from "../wire/commit-token.ts";
import { Encapsulated, Mcast, writeMcastHeader } from "../wire/mcast.ts";
import { OrfToken, writeInitialOrfToken } from "../wire/orf-token.ts";
import { isRingIdAt, sameRing } from "../wire/ring-id-field.ts";
import { SORT_QUEUE_SLOTS } from "./packet-store.ts";
import type { RingCore } from "./ring-core.ts";
import { sequenceAtMost, sequenceLessThan } from "./sequence.ts";

/** Rotations without a message after which no member of a ring in RECOVERY has one left to send. */
const IDLE_ROTATIONS = 10;

/** RECOVERY: members that come from the same ring even out what each of them has (spec totem section 8). */

/** Prepares RECOVERY with a full commit token; the caller forwards it first (spec totem 8.1). */
export function enterRecovery(
  core: RingCore,
  token: CommitToken,
  forward: (token: CommitToken) => void,
): void {
  core.log("debug", "entering RECOVERY state.");
  core.orfTokenDiscard = false;
  core.recovery.reset();
  core.retransQueue = [];
  core.retransQueueHead = 0;
  core.recoveredSeqs.clear();
  forward(token);
  const { sequenceOrigin } = core;
  core.tokenSeq = (sequenceOrigin - 1) >>> 0;
  core.transitionalMembers = core.members.filter((id) => {
    const position = token.members.indexOf(id);
    return position >= 0 && sameRing(token.entries[position]!.ringId, core.oldRingId);
  });
  logPositions(core, token);
  queueOldMessages(core, token);
  core.aru = sequenceOrigin;
  core.highSeqReceived = sequenceOrigin;
  core.installSeq = sequenceOrigin;
  core.lastReleased = sequenceOrigin;
  core.aruCount = 0;
  core.seqUnchanged = 0;
  core.wrongCounts = 0;
  core.lastSentTokenSeq = sequenceOrigin;
  if (core.behaviour.resetRecoveryCounts) {
    // Left over in C from an abandoned recovery; starting anew only delays OPERATIONAL (spec totem Q8).
    core.retransFlgCount = 0;
    core.rotationCounter = 0;
    core.setRetransFlg = false;
  }
  core.armTokenTimers();
  core.armTokenRetransmit();
  core.state = "recovery";
  core.counters.recovery_entered++;
  core.counters.continuous_gather = 0;
}

function logPositions(core: RingCore, token: CommitToken): void {
  core.transitionalMembers.forEach((id, i) => {
    core.log("debug", `TRANS [${i}] member ${id}:`);
  });
  token.members.forEach((id, i) => {
    const { aru, highDelivered, received } = token.entries[i]!;
    core.log("debug", `position [${i}] member ${id}:`);
    core.log(
      "debug",
      `aru ${aru.toString(16)} high delivered ${highDelivered.toString(16)} received flag ${received ? 1 : 0}`,
    );
  });
}

/** Queues for multicast everything of the old ring that some transitional member may miss. */
function queueOldMessages(core: RingCore, token: CommitToken): void {
  core.deliverMembers = core.transitionalMembers;
  const entries = token.entries.filter((_, i) => core.transitionalMembers.includes(token.members[i]!));
  if (entries.every((entry) => entry.received)) {
    core.log("debug", "Did not need to originate any messages in recovery.");
    return;
  }
  let low = core.oldHighSeqReceived;
  for (const { aru } of entries) if (sequenceLessThan(aru, low)) low = aru;
  const range = (core.oldHighSeqReceived - low) >>> 0;
  if (range >= SORT_QUEUE_SLOTS) {
    // No honest member is that far behind: its aru bounds what the ring frees and sends.
    core.log("error", `Recovery of ${range} messages refused: more than the sort queue holds`);
    return;
  }
  for (let i = 1; i <= range; i++) {
    const seq = (low + i) >>> 0;
    if (core.regular.has(seq)) core.retransQueue.push(seq);
  }
  core.log(
    "debug",
    `copying all old ring messages from ${(low + 1).toString(16)}-${core.oldHighSeqReceived.toString(16)}.`,
  );
  core.log("debug", `Originated ${core.retransQueue.length} messages in RECOVERY.`);
}

/** The representative starts the ring when the commit token has gone round twice (spec totem 8.2). */
export function sendInitialToken(core: RingCore): void {
  if (core.originatedOrfToken) return;
  core.originatedOrfToken = true;
  core.log("debug", "Sending initial ORF token");
  core.setRetransFlg = core.retransQueueLength > 0;
  const { savedTokenView, nodeId, ringId, setRetransFlg, sequenceOrigin } = core;
  writeInitialOrfToken(savedTokenView, 0, nodeId, ringId, setRetransFlg, sequenceOrigin);
  core.savedTokenLength = OrfToken.rtrListAt;
  core.counters.orf_token_tx++;
  core.sendSavedToken();
  core.armTokenTimers();
  core.armTokenRetransmit();
}

/**
 * Takes a message that another member has sent on the new ring out of what this one is to send: the
 * new ring brings it to everybody, this node's request list included (spec totem Q7).
 */
export function dropRecovered(core: RingCore): void {
  const { recoveredSeqs } = core;
  if (recoveredSeqs.size === 0) return;
  core.retransQueue = core.retransQueue.slice(core.retransQueueHead).filter((seq) => !recoveredSeqs.has(seq));
  core.retransQueueHead = 0;
  recoveredSeqs.clear();
}

/** Remembers which old message a packet carries that just arrived encapsulated. */
export function noteRecovered(core: RingCore, { view, offset, length }: ByteSpan): void {
  if (!core.behaviour.skipRecoveredMessages || core.retransQueueLength === 0) return;
  const inner = offset + Mcast.payloadAt;
  if (length < 2 * Mcast.payloadAt || !isRingIdAt(view, inner + Mcast.ringIdAt, core.oldRingId)) return;
  core.recoveredSeqs.add(view.getUint32(inner + Mcast.seqAt, true));
}

/** Writes the next queued old-ring packet, encapsulated, into the recovery store as `seq`. False when nothing is left. */
export function encapsulateNext(core: RingCore, seq: number): boolean {
  do {
    if (core.retransQueueLength === 0) return false;
  } while (!core.regular.locate(core.retransQueue[core.retransQueueHead++]!));
  const { bytes, offset, length } = core.regular.packet;
  const packet = new Uint8Array(Mcast.payloadAt + length);
  writeMcastHeader(
    new DataView(packet.buffer),
    0,
    Encapsulated.recovery,
    core.nodeId,
    seq,
    core.thisSeqno,
    core.ringId,
  );
  packet.set(bytes.subarray(offset, offset + length), Mcast.payloadAt);
  return core.recovery.add(seq, packet, 0, packet.length);
}

/**
 * Whether the token says that somebody has still to retransmit, and nobody does. Only who has raised the
 * flag lowers it, so that a forged one would keep the ring in RECOVERY for ever. It is the longest of all
 * waits here: whoever is held up by a wrong window has gone on before.
 */
function isNobodysFlag(core: RingCore, token: DataView): boolean {
  return (
    core.seqUnchanged > IDLE_ROTATIONS &&
    !core.setRetransFlg &&
    token.getUint32(OrfToken.aruAt, true) === token.getUint32(OrfToken.seqAt, true) &&
    token.getInt32(OrfToken.rtrEntriesAt, true) === 0
  );
}

/** The end game of a token visit in RECOVERY (spec totem 8.3); may enter OPERATIONAL. */
export function recoveryTokenVisit(core: RingCore, token: DataView): void {
  const flgAt = OrfToken.retransFlgAt;
  if (isNobodysFlag(core, token)) token.setInt32(flgAt, 0, true);
  if (core.retransQueueLength > 0) {
    if (token.getInt32(flgAt, true) === 0) {
      token.setInt32(flgAt, 1, true);
      core.setRetransFlg = true;
    }
  } else if (token.getInt32(flgAt, true) === 1 && core.setRetransFlg) {
    token.setInt32(flgAt, 0, true);
    core.setRetransFlg = false;
  }
  core.retransFlgCount = token.getInt32(flgAt, true) === 0 ? core.retransFlgCount + 1 : 0;
  if (core.retransFlgCount === 2) core.installSeq = token.getUint32(OrfToken.seqAt, true);
  if (core.retransFlgCount >= 2 && !core.receivedFlg && sequenceAtMost(core.installSeq, core.aru)) {
    core.receivedFlg = true;
    core.deliverMembers = core.transitionalMembers;
  }
  const allReceived = sequenceAtMost(core.installSeq, token.getUint32(OrfToken.aruAt, true));
  core.rotationCounter = core.retransFlgCount >= 3 && allReceived ? core.rotationCounter + 1 : 0;
  if (core.rotationCounter === 2) {
    core.rotationCounter = 0;
    core.retransFlgCount = 0;
    core.transitions.operational();
  }
}
