import { ByteSpan } from "@corosync/codec";
import type { PacketBatch } from "../ring/packet-batch.ts";
import type { RingTransport } from "../transport/ring-transport.ts";
import type { Member, PacketReceiver, Transport } from "../transport/transport.ts";

/** Packets that wait for one node; more are lost, as in the buffer of a socket. */
const WAITING_MAX = 4096;

/** A network inside this process, for tests and examples: all rings opened with it reach each other. */
export interface MemoryNetwork {
  /** The `transport` of `createRing`; addresses of members are not looked at. */
  readonly transport: RingTransport;
}

/** A network without nodes; those that open its transport are on it. */
export function createMemoryNetwork(): MemoryNetwork {
  const ends = new Map<number, MemoryEnd>();
  return {
    transport: {
      async open({ nodeId, members, receive }) {
        if (ends.has(nodeId)) throw new RangeError(`memory network: node ${nodeId} is open already`);
        return { transport: new MemoryEnd(nodeId, members, receive, ends), envelopeBytes: 0 };
      },
    },
  };
}

/** One node's end of a memory network. Packets arrive in a later turn of the event loop, in order. */
class MemoryEnd implements Transport {
  readonly congested = false;
  #waiting: { readonly packet: Uint8Array; readonly from: number }[] = [];
  #scheduled = false;
  #blocked: readonly number[] = [];
  #members: readonly Member[];

  constructor(
    readonly nodeId: number,
    members: readonly Member[],
    readonly receive: PacketReceiver,
    readonly ends: Map<number, MemoryEnd>,
  ) {
    this.#members = members;
    ends.set(nodeId, this);
  }

  multicast({ bytes, offsets, lengths, count }: PacketBatch): void {
    for (let i = 0; i < count; i++) {
      this.multicastControl(bytes.slice(offsets[i]!, offsets[i]! + lengths[i]!));
    }
  }

  multicastControl(packet: Uint8Array): void {
    for (const end of this.ends.values()) if (end !== this) this.#send(end, packet.slice());
  }

  sendToken(nodeId: number, token: Uint8Array, length: number): boolean {
    if (!this.#members.some((member) => member.nodeId === nodeId)) return false;
    const end = this.ends.get(nodeId);
    if (end) this.#send(end, token.slice(0, length));
    return true;
  }

  async setMemberList(members: readonly Member[]): Promise<void> {
    this.#members = members;
  }

  block(nodeIds: readonly number[]): void {
    this.#blocked = [...nodeIds];
  }

  discardPending(): void {
    this.#waiting = [];
  }

  async close(): Promise<void> {
    this.ends.delete(this.nodeId);
    this.#waiting = [];
  }

  #send(end: MemoryEnd, packet: Uint8Array): void {
    if (this.ends.get(this.nodeId) !== this || !this.#reaches(end.nodeId)) return;
    end.#arrive(packet, this.nodeId);
  }

  #arrive(packet: Uint8Array, from: number): void {
    if (!this.#reaches(from) || this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push({ packet, from });
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#deliver());
  }

  #reaches(nodeId: number): boolean {
    return !this.#blocked.includes(nodeId) && this.#members.some((member) => member.nodeId === nodeId);
  }

  #deliver(): void {
    this.#scheduled = false;
    const arrived = this.#waiting;
    this.#waiting = [];
    for (const { packet, from } of arrived) this.receive(new ByteSpan(packet), `node ${from}`);
  }
}
