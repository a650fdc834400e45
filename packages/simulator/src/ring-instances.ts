import type { RingId } from "@corosync/totem";
import type { Life } from "./life.ts";
import type { OrderedMessage } from "./ring-message.ts";
import { COMMIT } from "./wire-reading.ts";

/** Rings that are remembered. */
const RINGS_MAX = 400;
/** Messages of one ring that are remembered: more than the ring itself may hold. */
const MESSAGES_MAX = 100_000;
/** Packets of one ring that are remembered: more than the window of 16384. */
const PACKETS_MAX = 20_000;

/** One ring, told from others of the same name that a representative made in a later life. */
export class RingInstance {
  /** `1.59`; `1.59/2` when its name was used before. */
  readonly name: string;
  readonly representative: number;
  /** Lives that entered COMMIT for it. */
  readonly committed = new Set<Life>();
  /** Of those who installed it: the ring that each came from, and its transitional configuration. */
  readonly origins = new Map<number, { ring: RingInstance | null; together: readonly number[] }>();
  /** Of its commit token: the order in which the token goes round. */
  members: readonly number[] | null = null;
  /**
   * Made under a name in which others still were. That takes a representative that lost its ring
   * sequence (spec totem 4.1); who is in such a ring can not tell its packets from the other's, and
   * nothing is promised.
   */
  ambiguous = false;
  /** Hashes of its packets by sequence. */
  readonly packets = new Map<number, number>();
  lastSeq: number | null = null;
  readonly #messages: OrderedMessage[] = [];
  #firstIndex = 0;

  constructor(
    readonly ringName: string,
    readonly sequence: number,
    readonly founder: Life,
    number: number,
  ) {
    this.representative = Number.parseInt(ringName, 10);
    this.name = number === 1 ? ringName : `${ringName}/${number}`;
  }

  /** Its commit token leaves: the members stand in it. */
  formed(view: DataView): void {
    if (this.members !== null) return;
    const count = view.getInt32(COMMIT.countAt, true);
    this.members = Array.from({ length: count }, (_, i) => view.getUint32(COMMIT.membersAt + 4 * i, true));
  }

  /** Index that the next message gets. */
  get end(): number {
    return this.#firstIndex + this.#messages.length;
  }

  /** The message at that place; null when there is none, or none any more. */
  message(index: number): OrderedMessage | null {
    return this.#messages[index - this.#firstIndex] ?? null;
  }

  append(message: OrderedMessage): void {
    this.#messages.push(message);
    if (this.#messages.length < 2 * MESSAGES_MAX) return;
    this.#messages.splice(0, MESSAGES_MAX);
    this.#firstIndex += MESSAGES_MAX;
  }

  packet(seq: number, hash: number): void {
    this.packets.set(seq, hash);
    this.lastSeq = seq;
    if (this.packets.size > PACKETS_MAX) this.packets.delete(this.packets.keys().next().value!);
  }
}

/** All rings of a run, by who founded them. */
export class RingInstances {
  readonly #latest = new Map<string, RingInstance>();
  readonly #numbers = new Map<string, number>();
  /** Rings whose names were in use when they were made. */
  ambiguous = 0;

  /** @param lives those that may still be in a ring */
  constructor(readonly lives: () => Iterable<Life>) {}

  /** A life enters COMMIT for a ring; the representative's entry makes it. */
  committed(life: Life, { representative, sequence }: RingId): RingInstance {
    const name = `${representative}.${sequence}`;
    let ring = this.#latest.get(name);
    if (ring === undefined || (representative === life.nodeId && ring.founder !== life))
      ring = this.#make(name, sequence, life);
    ring.committed.add(life);
    life.committing = ring;
    return ring;
  }

  #make(name: string, sequence: number, founder: Life): RingInstance {
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    const ring = new RingInstance(name, sequence, founder, number);
    for (const life of this.lives()) {
      if (life === founder || !life.alive) continue;
      for (const held of [life.ring, life.committing]) {
        if (held?.ringName !== name) continue;
        held.ambiguous = true;
        if (!ring.ambiguous) this.ambiguous++;
        ring.ambiguous = true;
      }
    }
    this.#latest.delete(name);
    this.#latest.set(name, ring);
    if (this.#latest.size > RINGS_MAX) this.#latest.delete(this.#latest.keys().next().value!);
    return ring;
  }
}
