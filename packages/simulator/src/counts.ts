import type { FaultKind } from "./fault.ts";

/** How often what happened. A packet to several receivers counts for each of them. */
export interface Counts {
  packets: number;
  lost: number;
  duplicated: number;
  /** Held back, so that others overtake. */
  reordered: number;
  corrupted: number;
  /** Sent across a partition, or along a direction that was cut. */
  separated: number;
  /** Sends refused because the queue was full, and sends that waited for it. */
  sendsRefused: number;
  sendsHeld: number;
  /** Packets that met a receive buffer that was full. */
  overflowed: number;
  /** Packets that waited for a node that was stopped or slow. */
  waited: number;
  /** Starts of nodes whose clock is wrong. */
  wrongClocks: number;
  /** Starts of nodes that had lived before, and of those the ones whose ring-id file was gone. */
  restarts: number;
  amnesias: number;
  /** Message and token sequence numbers that passed 2^32, and ring sequences that did. */
  sequenceWraps: number;
  tokenSequenceWraps: number;
  ringSequenceWraps: number;
  joins: number;
  /** Processes that left their group in order, and that died. */
  leaves: number;
  deaths: number;
  messages: number;
  messageBytes: number;
  longestMessageBytes: number;
  /** Multicasts for which there was no room. */
  refusedMessages: number;
  /** Scheduled faults, by kind. */
  readonly faults: Partial<Record<FaultKind, number>>;
}

export function newCounts(): Counts {
  return {
    packets: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
    separated: 0,
    sendsRefused: 0,
    sendsHeld: 0,
    overflowed: 0,
    waited: 0,
    wrongClocks: 0,
    restarts: 0,
    amnesias: 0,
    sequenceWraps: 0,
    tokenSequenceWraps: 0,
    ringSequenceWraps: 0,
    joins: 0,
    leaves: 0,
    deaths: 0,
    messages: 0,
    messageBytes: 0,
    longestMessageBytes: 0,
    refusedMessages: 0,
    faults: {},
  };
}
