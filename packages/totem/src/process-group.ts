import type { ByteSpan } from "@corosync/codec";

/** Identity of a ring: its representative's node id and a sequence that only grows. Compared as a pair. */
export interface RingId {
  readonly representative: number;
  /** Below 2^53. */
  readonly sequence: number;
}

/** A change of membership as the process-group layer reports it (spec totem section 9). */
export interface ConfigurationChange {
  readonly kind: "transitional" | "regular";
  /** Node ids, ascending. */
  readonly members: readonly number[];
  /** Nodes of the previous configuration that are gone; named by the transitional change. */
  readonly left: readonly number[];
  /** Nodes that are new; named by the regular change. */
  readonly joined: readonly number[];
  /** The ring being installed; both changes of a pair carry the same one. */
  readonly ringId: RingId;
}

/** How full the queue towards the ring is (spec totem 14.6). */
export type QueueLevel = "low" | "good" | "high" | "critical";

/** What a member of a totem group is told. Calls are synchronous and in the one total order. */
export interface GroupReceiver {
  /** A message of the group; `message` is lent for the duration of the call. */
  deliver(nodeId: number, message: ByteSpan): void;
  /** The ring has changed: first the transitional configuration, then the regular one. */
  configurationChanged?(change: ConfigurationChange): void;
}

/** The ring as the service layer uses it: named groups, configuration changes, the two send queues. */
export interface ProcessGroups {
  readonly nodeId: number;
  /** Largest message accepted by `multicast`, header and payload together, in bytes. */
  readonly maxMessageBytes: number;
  readonly queueLevel: QueueLevel;
  /** Joins a group. Group names are at most 65535 bytes; the daemon uses `a` and `sync`. */
  join(group: string, receiver: GroupReceiver): TotemGroup;
  /** The service layer has synchronized: messages queued before the change may flow again. */
  acknowledgeTransition(): void;
  /**
   * Runs `work` after each token this node sends, until it returns true. The sync engine's clock.
   * Returns a function that cancels it.
   */
  afterToken(work: () => boolean): () => void;
  /** Called whenever `queueLevel` changes. */
  onQueueLevel(listener: (level: QueueLevel) => void): void;
}

/** Membership in a group of this node's process-group layer. */
export interface TotemGroup {
  /**
   * Queues a message to all members of the group, this node included. The bytes are copied before
   * the call returns. Under a service layer that synchronizes, a message without a payload is not
   * split over packets unless it exceeds one: such are those of the services, which every member, also
   * one that has just joined, must have. Answers false, and sends nothing, when the queue has no room.
   */
  multicast(header: ByteSpan, payload?: ByteSpan): boolean;
}
