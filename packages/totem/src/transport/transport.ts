import type { ByteSpan } from "@corosync/codec";
import type { PacketEnvelope } from "@corosync/crypto";
import type { LogLevel } from "../ring/environment.ts";
import type { PacketBatch } from "../ring/packet-batch.ts";

/** A node that packets can be sent to. */
export interface Member {
  readonly nodeId: number;
  /** Numeric address. */
  readonly address: string;
}

/** Members of one list that are not in another, or not with the same address. */
export function unlisted(members: readonly Member[], other: readonly Member[]): readonly Member[] {
  return members.filter(
    ({ nodeId, address }) => !other.some((member) => member.nodeId === nodeId && member.address === address),
  );
}

/** Takes what comes in; `packet` is lent for the call. */
export type PacketReceiver = (packet: ByteSpan, from: string) => void;

/** What every transport is opened with. */
export interface TransportOptions {
  readonly nodeId: number;
  /** All configured members; this node may be among them. */
  readonly members: readonly Member[];
  readonly bindAddress: string;
  readonly port: number;
  readonly envelope: PacketEnvelope | null;
  /** Largest batch, and longest packet before sealing, one of recovery included. */
  readonly batchPackets: number;
  readonly packetBytes: number;
  readonly receive: PacketReceiver;
  /** A packet was refused before the ring saw it. */
  readonly refused: (from: string, reason: string) => void;
  /** Whether the system took a packet for everybody (spec totem 15.2). */
  readonly multicastSent: (ok: boolean) => void;
  readonly log: (level: LogLevel, text: string) => void;
}

/**
 * Carries packets to other nodes. What a node sends to itself does not come here. Sending is immediate
 * or queued in order; a packet that cannot be sent is lost, as on any network.
 */
export interface Transport {
  /** Whether packets that were sent still wait to be taken by the system. */
  readonly congested: boolean;
  /** Sends every packet of the batch to every other member. */
  multicast(batch: PacketBatch): void;
  /** Sends one packet to every other member. */
  multicastControl(packet: Uint8Array): void;
  /** Sends a token to another member; false when it is not configured. */
  sendToken(nodeId: number, token: Uint8Array, length: number): boolean;
  /**
   * Replaces the member list, in which this node stays as it is. Who is no longer listed is neither sent
   * to nor heard from the call on; new members are sent to when the promise resolves.
   * @throws RangeError for an address of another family; the system's error when a socket can not be had
   */
  setMemberList(members: readonly Member[]): Promise<void>;
  /** Drops packets from and to these nodes, until called again with others: for tests of partitions. */
  block(nodeIds: readonly number[]): void;
  /** Throws away what waits in the receive buffers (spec totem 13.3). */
  discardPending(): void;
  /** Closes the sockets; what is sent afterwards is lost. */
  close(): Promise<void>;
}
