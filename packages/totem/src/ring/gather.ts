import type { ByteSpan } from "@corosync/codec";
import { newCommitToken } from "../wire/commit-token.ts";
import { decodeJoin, encodeJoin, type Join, PROCESSOR_COUNT_MAX } from "../wire/join.ts";
import { Timer } from "./deadlines.ts";
import { addAll, ascending, isSubset, sameNodes, without } from "./node-set.ts";
import { GatherReason, type RingCore } from "./ring-core.ts";

/** GATHER: joins are exchanged until all who answer agree on who is in the ring (spec totem section 6). */

/** Enters GATHER (spec totem 6.1). */
export function enterGather(core: RingCore, reason: GatherReason): void {
  const { deadlines, config, nowMs } = core;
  core.orfTokenDiscard = true;
  core.originatedOrfToken = false;
  addAll(core.processors, [core.nodeId]);
  sendJoinSoon(core);
  deadlines.arm(Timer.join, nowMs + config.joinMs);
  deadlines.arm(Timer.consensus, nowMs + config.consensusMs);
  deadlines.cancel(Timer.token);
  deadlines.cancel(Timer.tokenWarning);
  deadlines.cancel(Timer.tokenRetransmit);
  deadlines.cancel(Timer.merge);
  core.consensus.clear();
  core.consensus.add(core.nodeId);
  core.log("debug", `entering GATHER state from ${reason[0]}(${reason[1]}).`);
  core.state = "gather";
  core.counters.gather_entered++;
  if (reason === GatherReason.consensusTimeoutExpired) core.counters.continuous_gather++;
}

/** Sends a join, after a random delay if one is configured; only the sending waits (spec totem Q18). */
function sendJoinSoon(core: RingCore): void {
  const { sendJoinMs } = core.config;
  if (sendJoinMs === 0) core.sendJoin();
  else if (!core.deadlines.isArmed(Timer.sendJoin)) {
    core.deadlines.arm(Timer.sendJoin, core.nowMs + core.environment.random(sendJoinMs));
  }
}

export function joinTimerExpired(core: RingCore): void {
  sendJoinSoon(core);
  core.deadlines.arm(Timer.join, core.nowMs + core.config.joinMs);
}

/** Whether every node that has not failed wants the same ring as this one. */
function agreed(core: RingCore): boolean {
  const candidates = without(core.processors, core.failed);
  if (candidates.length === 0) return core.failedToReceive;
  return candidates.every((id) => core.consensus.has(id));
}

/** The consensus timer, and the first half of the token timer, in GATHER (spec totem 6.4). */
export function consensusExpired(core: RingCore): void {
  core.counters.consensus_timeouts++;
  // A node that lost its ring sequence counts from the start again, and must be heard in the end.
  core.heardSequences.clear();
  if (agreed(core)) {
    // Somebody else is to make the commit token: give it the time of a token.
    core.consensus.clear();
    core.consensus.add(core.nodeId);
    core.armTokenTimers();
    return;
  }
  const silent = core.processors.filter((id) => !core.consensus.has(id));
  addAll(core.failed, silent);
  core.transitions.gather(GatherReason.consensusTimeout);
}

/** A join or leave message, in any state (spec totem 6.3). */
export function receiveJoin(core: RingCore, packet: ByteSpan): void {
  const join = decodeJoin(packet);
  if (pausedLately(core)) return;
  core.tokenRingSequence = Math.max(core.tokenRingSequence, join.ringSequence);
  const older = join.ringSequence < core.ringId.sequence;
  switch (core.state) {
    case "operational":
      if (join.failed.includes(core.nodeId)) return;
      if (core.members.includes(join.systemFrom) && older) return;
      processJoin(core, join);
      return;
    case "gather":
      if (!isOvertaken(core, join)) processJoin(core, join);
      return;
    case "commit":
      if (!core.newMembers.includes(join.systemFrom) || older) return;
      processJoin(core, join);
      core.transitions.gather(GatherReason.joinInCommit);
      return;
    case "recovery":
      if (!core.newMembers.includes(join.systemFrom) || older) return;
      processJoin(core, join);
      abandonRecovery(core);
      core.transitions.gather(GatherReason.joinInRecovery);
      return;
  }
}

/** Whether its sender has been heard in a ring that it installed after sending this join. */
function isOvertaken(core: RingCore, { systemFrom, ringSequence, leave }: Join): boolean {
  if (leave || !core.behaviour.dropOvertakenJoins) return false;
  return ringSequence < (core.heardSequences.get(systemFrom) ?? 0);
}

function processJoin(core: RingCore, join: Join): void {
  const { processors, failed, systemFrom, leave } = join;
  if (leave && failed.length > 0) {
    core.log("debug", `Received LEAVE message from ${failed[failed.length - 1]}`);
    core.leavers.add(failed[failed.length - 1]!);
  }
  const before = core.state;
  let news = false;
  if (sameNodes(processors, core.processors) && sameNodes(failed, core.failed)) {
    if (!leave) core.consensus.add(systemFrom);
    // In COMMIT and RECOVERY a return to GATHER follows whatever is agreed here.
    if (before === "gather" || before === "operational") formRingIfAgreed(core);
  } else if (isSubset(processors, core.processors) && isSubset(failed, core.failed)) {
    // Older information.
  } else if (!core.failed.includes(systemFrom)) {
    news = learn(core, join) || !core.behaviour.answerOnlyNews;
    if (news) core.transitions.gather(GatherReason.mergeDuringJoin);
  }
  if (!news && core.state === "operational") core.transitions.gather(GatherReason.joinInOperational);
}

/**
 * Takes over what a join says; false when nothing was new for this node. C enters GATHER again even
 * then: two nodes of different rings, whose failed lists neither adopts from the other, answer each
 * other's joins at once and for ever, and no consensus timer ends it. Here the timers go on.
 */
function learn(core: RingCore, { processors, failed, systemFrom }: Join): boolean {
  // Whoever pretends to be this node must not bring it to count itself among the failed.
  if (systemFrom === core.nodeId) return false;
  if (!fits(core.processors, processors)) return false;
  const newProcessors = addAll(core.processors, processors);
  if (failed.includes(core.nodeId)) return addAll(core.failed, [systemFrom]) || newProcessors;
  if (!core.members.includes(systemFrom) || !fits(core.failed, failed)) return newProcessors;
  return addAll(core.failed, failed) || newProcessors;
}

/** Whether a list with these nodes added still fits a join. */
function fits(list: readonly number[], added: readonly number[]): boolean {
  return list.length + without(added, list).length <= PROCESSOR_COUNT_MAX;
}

/** Makes the commit token if all agree and this node has the lowest id (spec totem 6.3, 7.1). */
function formRingIfAgreed(core: RingCore): void {
  if (!agreed(core)) return;
  if (core.failedToReceive) {
    // This node gave itself up (spec totem 13.2); now that all know, it goes on alone.
    core.failedToReceive = false;
    core.processors = [core.nodeId];
    core.failed = [];
  }
  const members = ascending(without(core.processors, core.failed));
  if (members[0] !== core.nodeId) return;
  core.log("debug", "Creating commit token because I am the rep.");
  const ringId = { representative: core.nodeId, sequence: core.tokenRingSequence + 4 };
  core.transitions.commit(newCommitToken(ringId, members));
}

/** Forgets what an unfinished recovery brought (spec totem 8.5) and returns to GATHER. */
export function abandonRecovery(core: RingCore): void {
  restoreOldRing(core);
  core.transitions.gather(GatherReason.tokenLostInRecovery);
  core.counters.recovery_token_lost++;
}

function restoreOldRing(core: RingCore): void {
  core.aru = core.oldAru;
  core.highSeqReceived = core.oldHighSeqReceived;
  core.log(
    "debug",
    `Restoring instance->my_aru ${core.aru.toString(16)} my high seq received ${core.highSeqReceived.toString(16)}`,
  );
}

/** The interface went down or came up (spec totem 4.2): who can be reached is to be found out anew. */
export function interfaceChanged(core: RingCore): void {
  if (core.state === "recovery") restoreOldRing(core);
  core.transitions.gather(GatherReason.interfaceChange);
}

/**
 * Whether this process was stopped for long enough that what waits on its sockets is stale
 * (spec totem 13.3). The join that showed it is dropped along with the rest; its sender repeats it.
 */
function pausedLately(core: RingCore): boolean {
  const elapsedMs = core.nowMs - core.lastPauseCheckMs;
  if (elapsedMs <= core.config.tokenTimeoutMs / 2) return false;
  core.log("notice", `Process pause detected for ${Math.round(elapsedMs)} ms, flushing membership messages.`);
  core.lastPauseCheckMs = core.nowMs;
  core.environment.discardPending();
  return true;
}

/** A mcast or merge detect of another ring (spec totem 6.6): its sender may be a member to be. */
export function foreignTraffic(
  core: RingCore,
  systemFrom: number,
  ringSequence: number,
  isMerge: boolean,
): void {
  if (core.processors.length >= PROCESSOR_COUNT_MAX) return;
  const heard = core.heardSequences.get(systemFrom) ?? 0;
  if (heard > 0 || core.heardSequences.size < PROCESSOR_COUNT_MAX)
    core.heardSequences.set(systemFrom, Math.max(heard, ringSequence));
  if (core.state === "operational") {
    addAll(core.processors, [systemFrom]);
    core.transitions.gather(
      isMerge ? GatherReason.mergeInOperational : GatherReason.foreignMessageInOperational,
    );
  } else if (core.state === "gather") {
    if (!addAll(core.processors, [systemFrom])) return;
    core.transitions.gather(isMerge ? GatherReason.mergeInGather : GatherReason.foreignMessageInGather);
  }
}

/** Tells the others that this node goes away, so that none waits for a timeout (spec totem 13.1). */
export function sendLeave(core: RingCore): void {
  addAll(core.failed, [core.nodeId]);
  core.counters.memb_join_tx++;
  core.environment.multicastControl(
    encodeJoin({
      systemFrom: core.nodeId,
      leave: true,
      processors: without(core.processors, [core.nodeId]),
      failed: core.failed,
      ringSequence: core.ringId.sequence,
    }),
  );
}
