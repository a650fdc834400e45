import { ByteSpan } from "@corosync/codec";
import { NODE_ID_AT } from "../wire/header.ts";
import { Encapsulated, Mcast, mcastFault } from "../wire/mcast.ts";
import { isRingIdAt, readRingId, sameRing } from "../wire/ring-id-field.ts";
import { foreignTraffic } from "./gather.ts";
import { SORT_QUEUE_SLOTS } from "./packet-store.ts";
import { noteRecovered } from "./recovery.ts";
import type { RingCore } from "./ring-core.ts";
import { sequenceLessThan } from "./sequence.ts";

/** Reception, delivery and freeing of mcasts (spec totem section 11). */

/** Reused for every payload that is handed up. */
const payload = new ByteSpan(new Uint8Array(0));

/** A mcast, in any state (spec totem 11.1). Answers what is wrong with a malformed one. */
export function receiveMcast(core: RingCore, packet: ByteSpan): string | null {
  const { view, bytes, offset, length } = packet;
  const fault = mcastFault(view, offset, length);
  if (fault !== null) return fault;
  if (!isRingIdAt(view, offset + Mcast.ringIdAt, core.ringId)) {
    if (core.state === "commit" || core.state === "recovery") core.counters.rx_msg_dropped++;
    else heardForeign(core, packet);
    return null;
  }
  const seq = view.getUint32(offset + Mcast.seqAt, true);
  if (view.getInt8(offset + 4) === Encapsulated.recovery) {
    return core.state === "recovery" ? receiveRecovered(core, seq, packet) : null;
  }
  // A mcast of a ring that is only being formed comes again once it is installed (spec totem Q9).
  if (core.behaviour.fileByRing && !sameRing(core.regularRingId, core.ringId)) return null;
  if (core.regular.add(seq, bytes, offset, length) && sequenceLessThan(core.highSeqReceived, seq)) {
    core.highSeqReceived = seq;
  }
  core.advanceAru(core.state === "recovery" ? core.recovery : core.regular);
  if (core.state === "operational") deliverReceived(core);
  return null;
}

/** One that holds no whole mcast keeps its place, or the ring would ask for it for ever; nothing is made of it. */
function heardForeign(core: RingCore, { view, offset }: ByteSpan): void {
  const systemFrom = view.getUint32(offset + Mcast.systemFromAt, true);
  const { sequence } = readRingId(view, offset + Mcast.ringIdAt, "mcast");
  foreignTraffic(core, systemFrom, sequence, false);
}

function receiveRecovered(core: RingCore, seq: number, packet: ByteSpan): string | null {
  const isNew = core.recovery.add(seq, packet.bytes, packet.offset, packet.length);
  if (isNew) {
    if (sequenceLessThan(core.highSeqReceived, seq)) core.highSeqReceived = seq;
    noteRecovered(core, packet);
  }
  core.advanceAru(core.recovery);
  const innerLength = packet.length - Mcast.payloadAt;
  return isNew && innerLength < Mcast.payloadAt
    ? `mcast.encapsulated: ${innerLength} bytes inside, at least ${Mcast.payloadAt} needed`
    : null;
}

/** Delivers what follows the last delivered message without a hole (spec totem 11.3). */
export function deliverReceived(core: RingCore): void {
  const { regular } = core;
  while (core.highDelivered !== core.highSeqReceived) {
    const seq = (core.highDelivered + 1) >>> 0;
    if (!regular.locate(seq)) return;
    core.highDelivered = seq;
    handUp(core, regular.packet);
  }
}

function handUp(core: RingCore, { bytes, view, offset, length }: ByteSpan): void {
  const nodeId = view.getUint32(offset + NODE_ID_AT, true);
  payload.pointAt(bytes, view, offset + Mcast.payloadAt, length - Mcast.payloadAt);
  const fault = core.environment.deliver(nodeId, payload);
  if (fault === null) return;
  core.counters.malformed_rx++;
  core.environment.malformed(`node ${nodeId}`, fault);
}

/**
 * Delivers the old ring's messages behind its first hole, in order and skipping holes, of those
 * senders that came along (spec totem section 9 step 7).
 */
export function deliverBehindHoles(core: RingCore): void {
  const { regular } = core;
  const range = (core.oldHighSeqReceived - core.highDelivered) >>> 0;
  if (range >= SORT_QUEUE_SLOTS) return;
  for (let i = 0; i < range; i++) {
    const seq = (core.highDelivered + 1) >>> 0;
    core.highDelivered = seq;
    if (!regular.locate(seq)) continue;
    const systemFrom = regular.packet.u32(Mcast.systemFromAt);
    if (core.deliverMembers.includes(systemFrom)) handUp(core, regular.packet);
  }
}

/** Frees what two consecutive tokens show that everybody has (spec totem 11.4). */
export function freeMessages(core: RingCore, tokenAru: number): void {
  let releaseTo = tokenAru;
  if (sequenceLessThan(core.lastAru, releaseTo)) releaseTo = core.lastAru;
  if (sequenceLessThan(core.highDelivered, releaseTo)) releaseTo = core.highDelivered;
  if (!sequenceLessThan(core.lastReleased, releaseTo)) return;
  core.regular.release(releaseTo);
  core.lastReleased = releaseTo;
}
