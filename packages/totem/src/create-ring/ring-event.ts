import type { RingId } from "../process-group.ts";

/** A message, in the one order that all members share. */
export interface RingMessage {
  readonly type: "message";
  /** Who multicast it. */
  readonly nodeId: number;
  readonly data: Uint8Array;
}

/** A new ring is installed. Messages behind this event go to exactly `members`. */
export interface RingMembership {
  readonly type: "membership";
  /** Node ids, ascending, this node among them. */
  readonly members: readonly number[];
  /**
   * Who did not come along from the ring before. Members that are neither here nor among the departed
   * have seen the same events since the last membership event. A node in both lists was elsewhere
   * meanwhile, and is to be treated as new.
   */
  readonly joined: readonly number[];
  readonly left: readonly number[];
  readonly ringId: RingId;
}

/** What a node of a ring sees, in the one order that all members share. */
export type RingEvent = RingMessage | RingMembership;

/** Events by the name under which `JoinedRing.on` takes listeners. */
export interface RingEvents {
  readonly message: RingMessage;
  readonly membership: RingMembership;
}
