import type { Counts } from "./counts.ts";
import type { Packet, PacketPool } from "./packet.ts";

/** About what a socket's buffer holds. */
const WAITING_PACKETS_MAX = 3000;

/** Packets that wait, in their order; as in a socket's buffer, what does not fit is lost. */
export class WaitingPackets {
  #packets: Packet[] = [];
  /** The other end of each: its sender, or its receiver. */
  #peers: number[] = [];
  #head = 0;

  constructor(
    readonly pool: PacketPool,
    readonly counts: Counts,
  ) {}

  get length(): number {
    return this.#packets.length - this.#head;
  }

  add(packet: Packet, peer: number): void {
    if (this.length >= WAITING_PACKETS_MAX) {
      this.counts.overflowed++;
      return;
    }
    packet.holders++;
    this.#packets.push(packet);
    this.#peers.push(peer);
  }

  /** Hands over the first one; false when there is none. */
  take(use: (packet: Packet, peer: number) => void): boolean {
    if (this.length === 0) return false;
    const packet = this.#packets[this.#head]!;
    const peer = this.#peers[this.#head]!;
    if (++this.#head === this.#packets.length) this.#forget();
    use(packet, peer);
    this.pool.release(packet);
    return true;
  }

  clear(): void {
    for (let i = this.#head; i < this.#packets.length; i++) this.pool.release(this.#packets[i]!);
    this.#forget();
  }

  #forget(): void {
    this.#packets = [];
    this.#peers = [];
    this.#head = 0;
  }
}
