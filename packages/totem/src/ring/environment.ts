import type { ByteSpan } from "@corosync/codec";
import type { ConfigurationChange } from "../process-group.ts";
import type { PacketBatch } from "./packet-batch.ts";

/** Level of a log line, the most urgent first. */
export type LogLevel =
  | "emerg"
  | "alert"
  | "crit"
  | "error"
  | "warning"
  | "notice"
  | "info"
  | "debug"
  | "trace";

/**
 * The world as a ring sees it. All calls are synchronous; what they hand over is lent for the call.
 *
 * Order is part of the protocol, and the ring calls in this order: the ring sequence is persisted
 * before the commit token that announces it leaves (spec totem Q5); within a token visit mcasts leave
 * before the token (but for an accelerated window), and the token before messages are delivered.
 *
 * A packet to this node itself comes back as a later input, never within the call (spec totem 6.2).
 */
export interface RingEnvironment {
  /** Sends mcasts to all other members. The ring has its own copies already. */
  multicast(batch: PacketBatch): void;
  /** Sends a join, leave, merge detect or hold cancel to all members, this node included. */
  multicastControl(packet: Uint8Array): void;
  /** Sends an ORF or commit token to one node, possibly this one. False: not a configured member. */
  sendToken(nodeId: number, token: Uint8Array, length: number): boolean;
  /** Milliseconds of the clock of all inputs, to measure how long a visit takes; else it counts as 0. */
  now?(): number;
  /** Calls `Ring.wake` at this time or a little later; an earlier request still stands. */
  wakeAt(deadlineMs: number): void;
  /** Stores the ring sequence durably enough to survive a crash of this process. */
  persistRingSequence(sequence: number): void;
  /** Hands up the payload of a mcast, in the one total order. Answers what is wrong with it, or null. */
  deliver(nodeId: number, payload: ByteSpan): string | null;
  configurationChanged(change: ConfigurationChange): void;
  /** The process was stopped for long: throws away what waits on the sockets (spec totem 13.3). */
  discardPending(): void;
  /** A whole number in 0..limit-1. */
  random(limit: number): number;
  /** Takes a line of the log. */
  log(level: LogLevel, text: string): void;
  /** A packet was dropped because it is malformed; `reason` names type and field. */
  malformed(from: string, reason: string): void;
}

/** Where the packets of a token visit come from: the process-group layer. */
export interface PacketSource {
  /** Packets waiting, for the backlog of the token (spec totem 10.1); an estimate for messages not yet packed. */
  backlogPackets(): number;
  /** A visit begins in which at most `packets` can be taken. */
  beginVisit(packets: number): void;
  /**
   * Writes the next totempg packet, at most `limitBytes` long, at `offset`, and returns its length;
   * 0 when nothing waits.
   */
  nextPacket(target: Uint8Array, view: DataView, offset: number, limitBytes: number): number;
}
