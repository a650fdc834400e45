import type { ByteSpan } from "@corosync/codec";
import {
  type CommitEntry,
  type CommitToken,
  decodeCommitToken,
  encodeCommitToken,
} from "../wire/commit-token.ts";
import { sameRing } from "../wire/ring-id-field.ts";
import { Timer } from "./deadlines.ts";
import { sameNodes, without } from "./node-set.ts";
import { sendInitialToken } from "./recovery.ts";
import type { RingCore } from "./ring-core.ts";
import { sequenceLessThan } from "./sequence.ts";

/** COMMIT: the commit token collects where every member comes from (spec totem section 7). */

/** A commit token, in any state (spec totem 7.3). */
export function receiveCommitToken(core: RingCore, packet: ByteSpan): void {
  const token = decodeCommitToken(packet);
  core.log("debug", "got commit token");
  switch (core.state) {
    case "operational":
      return;
    case "gather":
      if (
        sameNodes(token.members, without(core.processors, core.failed)) &&
        token.ringId.sequence > core.ringId.sequence &&
        token.memberIndex < token.members.length
      ) {
        core.transitions.commit(token);
      }
      return;
    case "commit":
      if (
        sameRing(token.ringId, core.ringId) &&
        token.memberIndex === token.members.length &&
        sameNodes(token.members, core.newMembers)
      ) {
        core.transitions.recovery(token);
      }
      return;
    case "recovery":
      if (core.isRepresentative && sameRing(token.ringId, core.ringId)) sendInitialToken(core);
      return;
  }
}

/** Enters COMMIT with a token just made or received (spec totem 7.2). */
export function enterCommit(core: RingCore, token: CommitToken): void {
  saveOldRing(core);
  fillEntry(core, token);
  core.newMembers = token.members;
  core.tokenTarget = token.members[token.memberIndex % token.members.length]!;
  core.deadlines.cancel(Timer.join);
  core.deadlines.cancel(Timer.sendJoin);
  core.deadlines.cancel(Timer.consensus);
  core.ringId = token.ringId;
  core.tokenRingSequence = token.ringId.sequence;
  // Before the token leaves, so that a crash can not reuse the sequence (spec totem Q5).
  if (core.behaviour.persistBeforeSend) core.environment.persistRingSequence(token.ringId.sequence);
  if (!core.started) return;
  core.log("debug", "entering COMMIT state.");
  core.state = "commit";
  core.counters.commit_entered++;
  core.counters.continuous_gather = 0;
  core.transmitCount = 0;
  core.previousBacklog = 0;
  core.currentBacklog = 0;
  forwardCommitToken(core, token);
  if (!core.behaviour.persistBeforeSend) core.environment.persistRingSequence(token.ringId.sequence);
  core.armTokenTimers();
}

/** Sends a commit token to the successor and keeps it for retransmission. */
export function forwardCommitToken(core: RingCore, token: CommitToken): void {
  token.tokenSeq = (token.tokenSeq + 1) >>> 0;
  core.saveToken(encodeCommitToken(token, core.nodeId));
  core.counters.memb_commit_token_tx++;
  if (!core.sendSavedToken()) {
    core.log("warning", `Commit token not sent: node ${core.tokenTarget} is not a configured member`);
  }
  core.armTokenRetransmit();
}

/** The old ring as this node leaves it; survives failed attempts, dropped on entering OPERATIONAL. */
function saveOldRing(core: RingCore): void {
  if (core.oldRingSaved) return;
  core.oldRingSaved = true;
  core.oldRingId = core.ringId;
  core.oldAru = core.aru;
  core.oldHighSeqReceived = core.highSeqReceived;
  core.log(
    "debug",
    `Saving state aru ${core.oldAru.toString(16)} high seq received ${core.oldHighSeqReceived.toString(16)}`,
  );
}

/** Fills this node's entry, and takes the received flag from whoever has less than the best of its old ring. */
function fillEntry(core: RingCore, token: CommitToken): void {
  const own: CommitEntry = {
    ringId: core.oldRingId,
    aru: core.oldAru,
    highDelivered: core.highDelivered,
    received: core.oldAru === core.oldHighSeqReceived,
  };
  token.entries[token.memberIndex] = own;
  const sameOldRing = token.entries
    .slice(0, token.memberIndex + 1)
    .filter((e) => sameRing(e.ringId, own.ringId));
  let highest = own.aru;
  for (const entry of sameOldRing) if (sequenceLessThan(highest, entry.aru)) highest = entry.aru;
  for (const entry of sameOldRing) if (sequenceLessThan(entry.aru, highest)) entry.received = false;
  core.receivedFlg = own.received;
  token.memberIndex++;
}
