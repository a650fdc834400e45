import type { EventQueue } from "./event-queue.ts";
import type { Profile } from "./profile.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What takes packets from the network. */
export interface Receiver {
  readonly nodeId: number;
  packetArrived(bytes: Uint8Array, from: number): void;
}

/** The time a packet to the sender itself takes. */
const SELF_DELAY_MS = 0.001;
/** How late a packet comes that others overtake. */
const REORDER_DELAY_MS = 6;

/** Carries packets between nodes, and loses, delays, repeats and damages them as told. */
export class Network {
  readonly nodes = new Map<number, Receiver>();
  loss = 0;
  /** No fault of any kind from here on. */
  perfect = false;
  packets = 0;
  #sides: readonly (readonly number[])[] | null = null;
  /** Directed cuts, by sender then receiver, until when. */
  readonly #cuts = new Map<string, number>();

  constructor(
    readonly queue: EventQueue,
    readonly random: SeededRandom,
    readonly profile: Profile,
  ) {
    this.loss = profile.loss;
  }

  /** Only nodes of the same side hear each other; null heals. */
  split(sides: readonly (readonly number[])[] | null): void {
    this.#sides = sides;
  }

  cut(from: number, to: number, untilMs: number): void {
    this.#cuts.set(`${from}>${to}`, untilMs);
  }

  becomePerfect(): void {
    this.perfect = true;
    this.#sides = null;
    this.#cuts.clear();
    this.loss = 0;
  }

  /** @param bytes never change again */
  send(from: number, to: number, bytes: Uint8Array): void {
    this.packets++;
    if (from === to) {
      this.#carry(from, to, bytes, SELF_DELAY_MS);
      return;
    }
    const { profile, random } = this;
    if (!this.#connected(from, to)) return;
    let delayMs = profile.delayMs + random.next() * profile.jitterMs;
    if (!this.perfect) {
      if (random.chance(this.loss)) return;
      if (random.chance(profile.duplication))
        this.#carry(from, to, bytes, delayMs + random.next() * REORDER_DELAY_MS);
      if (random.chance(profile.reordering)) delayMs += random.next() * REORDER_DELAY_MS;
    }
    if (!this.perfect && random.chance(profile.corruption))
      this.#carry(from, to, this.#damage(bytes), delayMs);
    else this.#carry(from, to, bytes, delayMs);
  }

  #connected(from: number, to: number): boolean {
    if (this.#sides !== null && !this.#sides.some((side) => side.includes(from) && side.includes(to)))
      return false;
    if (this.#cuts.size === 0) return true;
    const until = this.#cuts.get(`${from}>${to}`);
    return until === undefined || until <= this.queue.nowMs;
  }

  /**
   * A packet that the receiver can tell from a sound one: cut short, or with other first bytes. Damage
   * behind those is found by checksums below, or by the seal, and ends in a loss.
   */
  #damage(bytes: Uint8Array): Uint8Array {
    if (this.random.chance(0.5)) return bytes.slice(0, this.random.below(Math.min(bytes.length, 13)));
    const damaged = bytes.slice();
    damaged[this.random.below(2)]! ^= 1 << this.random.below(8);
    return damaged;
  }

  #carry(from: number, to: number, bytes: Uint8Array, delayMs: number): void {
    this.queue.schedule(this.queue.nowMs + delayMs, () => this.nodes.get(to)?.packetArrived(bytes, from));
  }
}
