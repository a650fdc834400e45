import type { RingId } from "../process-group.ts";
import type { RingCore } from "./ring-core.ts";

/**
 * What a simulation looks at inside a ring member, to check what cannot be seen from outside (spec totem
 * 19, "white box"). Nothing else has a use for it, and nothing can be changed through it.
 */
export interface RingObservation {
  /** The ring that `aru` counts in: the one being recovered, or else the one whose messages are held. */
  readonly ring: RingId;
  /** Everything up to this sequence is here. */
  readonly aru: number;
  /** Everything up to this sequence is freed; of the installed ring. */
  readonly freedTo: number;
  /** While a configuration changes: sequences of the old ring that are here and not delivered, in order. */
  undeliveredOldPackets(): number[];
  readonly sizes: RingSizes;
}

/** How much a ring member holds, each below a bound that does not grow with time. */
export interface RingSizes {
  /** Slots of the two sort queues; at most 16384 each (spec totem 3.2). */
  readonly regularSlots: number;
  readonly recoverySlots: number;
  /** Packets that have memory of their own because they exceed a slot. */
  readonly oversizePackets: number;
  /** Old-ring packets to send in recovery; at most 16384. */
  readonly recoveryQueue: number;
  /** Longest of the lists of nodes; at most 384. */
  readonly nodes: number;
  /** Callbacks that run after a token. */
  readonly callbacks: number;
}

export function observeRing(core: RingCore): RingObservation {
  return {
    get ring() {
      return core.state === "recovery" ? core.ringId : core.regularRingId;
    },
    get aru() {
      return core.aru;
    },
    get freedTo() {
      return core.lastReleased;
    },
    undeliveredOldPackets: () => undeliveredOldPackets(core),
    get sizes() {
      return ringSizes(core);
    },
  };
}

function undeliveredOldPackets(core: RingCore): number[] {
  const found: number[] = [];
  const range = (core.oldHighSeqReceived - core.highDelivered) >>> 0;
  for (let i = 1; i <= range; i++) {
    const seq = (core.highDelivered + i) >>> 0;
    if (core.regular.has(seq)) found.push(seq);
  }
  return found;
}

function ringSizes(core: RingCore): RingSizes {
  const { processors, failed, consensus, leavers, members, newMembers } = core;
  const lists = [processors.length, failed.length, members.length, newMembers.length];
  return {
    regularSlots: core.regular.slotCount,
    recoverySlots: core.recovery.slotCount,
    oversizePackets: core.regular.oversizeCount + core.recovery.oversizeCount,
    recoveryQueue: core.retransQueue.length,
    nodes: Math.max(...lists, consensus.size, leavers.size),
    callbacks: core.tokenSent.length,
  };
}
