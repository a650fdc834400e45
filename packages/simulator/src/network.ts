import type { Counts } from "./counts.ts";
import type { EventQueue, Task } from "./event-queue.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import { type Packet, PacketPool } from "./packet.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Separation } from "./separation.ts";
import type { Trace } from "./trace.ts";

/** What takes packets from the network. */
export interface Receiver {
  readonly nodeId: number;
  /** @param packet lent; to keep it, hold it */
  packetArrived(packet: Packet, from: number): void;
}

/** The time a packet to the sender itself takes. */
const SELF_DELAY_MS = 0.001;
/** How late a packet comes that others overtake. */
const REORDER_DELAY_MS = 6;

/** Carries packets between nodes, and loses, delays, repeats and damages them as told. */
export class Network {
  readonly pool = new PacketPool();
  readonly #nodes = new Map<number, Receiver>();
  readonly #free: Arrival[] = [];
  #conditions: NetworkConditions;
  #benign = false;

  constructor(
    readonly queue: EventQueue,
    readonly random: SeededRandom,
    conditions: NetworkConditions,
    readonly separation: Separation,
    readonly counts: Counts,
    readonly trace: Trace,
  ) {
    this.#conditions = conditions;
    this.conditions = conditions;
  }

  get conditions(): NetworkConditions {
    return this.#conditions;
  }

  set conditions(conditions: NetworkConditions) {
    const { loss, duplication, reordering, corruption } = conditions;
    this.#conditions = conditions;
    this.#benign = loss + duplication + reordering + corruption === 0;
  }

  attach(node: Receiver): void {
    this.#nodes.set(node.nodeId, node);
  }

  detach(node: Receiver): void {
    if (this.#nodes.get(node.nodeId) === node) this.#nodes.delete(node.nodeId);
  }

  /** @param packet held by the caller, who may release it afterwards */
  send(from: number, to: number, packet: Packet): void {
    const { counts, random, separation } = this;
    counts.packets++;
    if (from === to) {
      this.#carry(from, to, packet, SELF_DELAY_MS);
      return;
    }
    if (separation.active && !separation.allows(from, to)) {
      counts.separated++;
      return;
    }
    const { delayMs, jitterMs } = this.#conditions;
    const delay = delayMs + random.next() * jitterMs;
    if (this.#benign) this.#carry(from, to, packet, delay);
    else this.#sendThrough(from, to, packet, delay);
  }

  #sendThrough(from: number, to: number, packet: Packet, delayMs: number): void {
    const { counts, random } = this;
    const { loss, duplication, reordering, corruption } = this.#conditions;
    let delay = delayMs;
    if (random.chance(loss)) {
      counts.lost++;
      return;
    }
    if (random.chance(duplication)) {
      counts.duplicated++;
      this.#carry(from, to, packet, delay + random.next() * REORDER_DELAY_MS);
    }
    if (random.chance(reordering)) {
      counts.reordered++;
      delay += random.next() * REORDER_DELAY_MS;
    }
    if (!random.chance(corruption)) {
      this.#carry(from, to, packet, delay);
      return;
    }
    counts.corrupted++;
    const damaged = this.#damage(packet);
    this.#carry(from, to, damaged, delay);
    this.pool.release(damaged);
  }

  /**
   * A packet that the receiver can tell from a sound one: cut short, or with other first bytes. Damage
   * behind those is found by checksums below, or by the seal, and ends in a loss.
   */
  #damage({ span }: Packet): Packet {
    const { random, pool } = this;
    if (random.chance(0.5)) return pool.copy(span.bytes, 0, random.below(Math.min(span.length, 13)));
    const damaged = pool.copy(span.bytes, 0, span.length);
    damaged.buffer[random.below(2)]! ^= 1 << random.below(8);
    return damaged;
  }

  #carry(from: number, to: number, packet: Packet, delayMs: number): void {
    packet.holders++;
    const arrival = this.#free.pop() ?? new Arrival(this);
    arrival.from = from;
    arrival.to = to;
    arrival.packet = packet;
    this.queue.schedule(this.queue.nowMs + delayMs, arrival);
  }

  /** An arrival's time has come. */
  arrive(arrival: Arrival): void {
    const { from, to, packet } = arrival;
    this.#free.push(arrival);
    const node = this.#nodes.get(to);
    if (node !== undefined) {
      this.trace.packet(this.queue.nowMs, from, to, packet.span);
      node.packetArrived(packet, from);
    }
    this.pool.release(packet);
  }
}

/** A packet that is to arrive; used again for another. */
class Arrival implements Task {
  from = 0;
  to = 0;
  packet!: Packet;

  constructor(readonly network: Network) {}

  run(): void {
    this.network.arrive(this);
  }
}
