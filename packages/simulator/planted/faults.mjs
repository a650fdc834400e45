// @ts-check
/**
 * Faults to plant, one at a time: in `file`, below packages/, the text `from` must stand exactly once.
 *
 * @typedef {{ name: string, file: string, from: string, to: string }} PlantedFault
 */

const ring = "totem/src/ring";
const group = "totem/src/group";
const cpg = "cpg/src/engine";

// Not here, since nothing that a cluster of these nodes does can tell them from the sound code:
// - leftovers of the synchronization lost: CPG's requests wait for its end, and its own messages are all
//   delivered before that, so nothing is ever left over;
// - joinlist of an aborted synchronization kept: `abort` empties the list as well as `init`;
// - leave leaves the joinlist entry: leaves wait for the end of the synchronization, so none comes between
//   a joinlist and its use, unless a node of C Corosync sends it;
// - multicast without room dropped: requests are held from 75 % of the queue on, and the longest message
//   fits into the rest.

/** @type {readonly PlantedFault[]} */
export const plantedFaults = [
  fault("retransmission skipped", `${ring}/retransmission.ts`, "      sendStored(core, store);\n", ""),
  fault(
    "wrong packet retransmitted",
    `${ring}/retransmission.ts`,
    "store.locate(seq)) {",
    "store.locate((seq - 1) >>> 0)) {",
  ),
  fault("request list never filled", `${ring}/retransmission.ts`, "    entries++;\n", ""),
  fault(
    "first hole never requested",
    `${ring}/retransmission.ts`,
    "let seq = (core.aru + 1) >>> 0; sequenceAtMost",
    "let seq = (core.aru + 2) >>> 0; sequenceAtMost",
  ),
  fault(
    "aru off by one",
    `${ring}/ring-core.ts`,
    "      if (!store.has(next)) return;\n      this.aru = next;",
    "      this.aru = next;\n      if (!store.has(next)) return;",
  ),
  fault(
    "freed one too many",
    `${ring}/delivery.ts`,
    "core.regular.release(releaseTo);",
    "core.regular.release(releaseTo + 1);",
  ),
  fault(
    "freed by this node's own aru",
    `${ring}/delivery.ts`,
    "let releaseTo = tokenAru;",
    "let releaseTo = core.highDelivered;\n  core.lastAru = releaseTo;\n  void tokenAru;",
  ),
  fault(
    "delivered across a hole",
    `${ring}/delivery.ts`,
    "if (!regular.locate(seq)) return;",
    "if (!regular.locate(seq)) {\n      core.highDelivered = seq;\n      continue;\n    }",
  ),
  fault("sequence compared wrongly", `${ring}/sequence.ts`, "  return a < b;", "  return a <= b;"),
  fault(
    "messages behind holes of all senders",
    `${ring}/delivery.ts`,
    "if (core.deliverMembers.includes(systemFrom)) handUp",
    "if (systemFrom >= 0) handUp",
  ),
  fault(
    "messages behind holes dropped at some",
    `${ring}/delivery.ts`,
    "if (core.deliverMembers.includes(systemFrom)) handUp",
    "if (core.nodeId !== 2 && core.deliverMembers.includes(systemFrom)) handUp",
  ),
  fault(
    "old messages after the regular configuration",
    `${ring}/operational.ts`,
    "  core.waitingTransAck = true;\n  deliverBehindHoles(core);",
    "  core.waitingTransAck = true;",
  ),
  fault(
    "old messages before the transitional configuration skipped",
    `${ring}/operational.ts`,
    "core.highSeqReceived = core.oldHighSeqReceived;\n  deliverReceived(core);",
    "core.highSeqReceived = core.oldHighSeqReceived;",
  ),
  fault(
    "recovered messages not taken over",
    `${ring}/operational.ts`,
    "  takeRecoveredMessages(core);\n\n",
    "\n",
  ),
  fault(
    "last recovered message not taken over",
    `${ring}/operational.ts`,
    "i <= count; i++",
    "i < count; i++",
  ),
  fault(
    "recovery sends nothing",
    `${ring}/recovery.ts`,
    "if (core.regular.has(seq)) core.retransQueue.push(seq);",
    "void seq;",
  ),
  fault(
    "recovery range begins one late",
    `${ring}/recovery.ts`,
    "for (let i = 1; i <= range; i++)",
    "for (let i = 2; i <= range; i++)",
  ),
  fault(
    "recovery ends before all have it",
    `${ring}/recovery.ts`,
    "core.retransFlgCount >= 3 && allReceived",
    "core.retransFlgCount >= 1",
  ),
  fault(
    "transitional members of other rings",
    `${ring}/recovery.ts`,
    "return position >= 0 && sameRing(token.entries[position]!.ringId, core.oldRingId);",
    "return position >= 0;",
  ),
  fault("old ring saved anew", `${ring}/commit.ts`, "  if (core.oldRingSaved) return;\n", ""),
  fault(
    "received flag not taken away",
    `${ring}/commit.ts`,
    "entry.received = false;",
    "entry.received = true;",
  ),
  fault(
    "ring sequence not raised",
    `${ring}/gather.ts`,
    "core.tokenRingSequence + 4",
    "core.ringId.sequence",
  ),
  fault(
    "consensus expiry marks nobody failed",
    `${ring}/gather.ts`,
    "  addAll(core.failed, silent);\n",
    "  void silent;\n",
  ),
  fault(
    "foreign traffic ignored",
    `${ring}/gather.ts`,
    '  if (core.state === "operational") {\n    addAll(core.processors, [systemFrom]);',
    '  if (core.state === "recovery") {\n    addAll(core.processors, [systemFrom]);',
  ),
  fault(
    "duplicate tokens accepted",
    `${ring}/token-visit.ts`,
    "  if (sequenceAtMost(packet.u32(OrfToken.tokenSeqAt), core.tokenSeq)) return null;\n",
    "",
  ),
  fault(
    "token of another ring accepted",
    `${ring}/token-visit.ts`,
    "  if (!isRingIdAt(packet.view, packet.offset + OrfToken.ringIdAt, core.ringId)) {",
    "  if (packet.length < 0) {",
  ),
  fault(
    "token not retransmitted",
    `${ring}/timer-expiry.ts`,
    "      core.sendSavedToken();\n      core.armTokenRetransmit();\n      break;",
    "      core.armTokenRetransmit();\n      break;",
  ),
  fault(
    "held token not woken",
    `${ring}/ring.ts`,
    "    core.environment.multicastControl(encodeHoldCancel(core.nodeId, core.ringId));\n",
    "",
  ),
  fault(
    "token sequence not counted",
    `${ring}/token-visit.ts`,
    "token.setUint32(OrfToken.seqAt, (tokenSeq + sent.fresh) >>> 0, true);",
    "token.setUint32(OrfToken.seqAt, tokenSeq, true);",
  ),
  fault(
    "assembly family switched late",
    `${group}/totem-groups.ts`,
    "    this.assemblingTransitional = false;\n",
    "",
  ),
  fault(
    "assemblies of the departed kept",
    `${group}/totem-groups.ts`,
    "      this.normalAssemblies.delete(nodeId);\n      this.transitionalAssemblies.delete(nodeId);",
    "      void nodeId;",
  ),
  fault(
    "fragment order not checked",
    `${group}/assembly.ts`,
    "if (!this.throwAway && continuation === this.lastFragment) {",
    "if (!this.throwAway && continuation >= 0) {",
  ),
  fault(
    "process list not sorted by pid",
    `${cpg}/process-list.ts`,
    "other.pid <= pid)) low",
    "other.pid >= pid)) low",
  ),
  fault(
    "processes of departed nodes kept",
    `${cpg}/ring-state.ts`,
    "left.includes(process.nodeId)),",
    "left.includes(-process.nodeId)),",
  ),
  fault(
    "joinlist not sent",
    `${cpg}/ring-state.ts`,
    "from < own.length; from += capacity",
    "from < 0; from += capacity",
  ),
  fault(
    "death of a client not told",
    `${cpg}/cpg-engine.ts`,
    "this.#departures?.add(pid, group);",
    "void pid;",
  ),
  fault(
    "leaves not held while synchronizing",
    `${cpg}/departures.ts`,
    "if (host.synchronizing && behaviour.holdLeavesWhileSynchronizing) return true;",
    "if (host.synchronizing && !behaviour.holdLeavesWhileSynchronizing) return true;",
  ),
  fault(
    "message delivered to one receiver only",
    `${cpg}/multicast.ts`,
    "for (let i = 0; i < receivers.length; i++) {",
    "for (let i = 0; i < 1; i++) {",
  ),
];

/**
 * @param {string} name
 * @param {string} file
 * @param {string} from
 * @param {string} to
 * @returns {PlantedFault}
 */
function fault(name, file, from, to) {
  return { name, file, from, to };
}
