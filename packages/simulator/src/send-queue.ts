import type { Counts } from "./counts.ts";
import type { Network } from "./network.ts";
import type { Packet } from "./packet.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { WaitingPackets } from "./waiting-packets.ts";

/** The way out of a node. The system may refuse what it is given, or keep it for a while. */
export class SendQueue {
  #fullUntilMs = 0;
  #refuses = false;
  #refusals: number;
  readonly #held: WaitingPackets;

  /** @param refusals probability that a send is refused */
  constructor(
    readonly nodeId: number,
    readonly network: Network,
    readonly random: SeededRandom,
    refusals: number,
    readonly counts: Counts,
  ) {
    this.#refusals = refusals;
    this.#held = new WaitingPackets(network.pool, counts);
  }

  /** For a while nothing leaves: sends are refused, or wait and leave together when it is over. */
  fill(forMs: number, refuses: boolean): void {
    const { queue } = this.network;
    this.#refuses = refuses;
    this.#fullUntilMs = Math.max(this.#fullUntilMs, queue.nowMs + forMs);
    queue.after(this.#fullUntilMs - queue.nowMs, () => this.#flush());
  }

  /** Everything leaves at once from now on. */
  becomeReliable(): void {
    this.#refusals = 0;
    this.#fullUntilMs = 0;
    this.#flush();
  }

  /** Whether the system takes what is sent now; asked once for a packet and all its receivers. */
  accepts(): boolean {
    if (this.#isFull() ? this.#refuses : this.random.chance(this.#refusals)) {
      this.counts.sendsRefused++;
      return false;
    }
    return true;
  }

  send(to: number, packet: Packet): void {
    if (this.#fullUntilMs > 0 && this.#isFull()) {
      this.counts.sendsHeld++;
      this.#held.add(packet, to);
    } else this.network.send(this.nodeId, to, packet);
  }

  /** The node has died, and its sockets with it. */
  discard(): void {
    this.#held.clear();
  }

  #isFull(): boolean {
    return this.network.queue.nowMs < this.#fullUntilMs;
  }

  #flush(): void {
    if (this.#isFull()) return;
    const send = (packet: Packet, to: number): void => this.network.send(this.nodeId, to, packet);
    while (this.#held.take(send));
  }
}
