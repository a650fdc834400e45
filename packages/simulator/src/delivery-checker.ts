import { type Life, wentTogether } from "./life.ts";
import type { RingInstance } from "./ring-instances.ts";
import { describeMessage, type OrderedMessage, type Position, type Trailer } from "./ring-message.ts";
import { Violation } from "./violation.ts";

/** What a life delivered in one ring, up to the next. */
export class Stretch {
  /** Place of the first message that is not delivered yet. */
  next = 0;
  /** Where it stood when the transitional configuration came; null before. */
  regularEnd: number | null = null;
  readonly transitional: OrderedMessage[] = [];
  /** The last message delivered. */
  last: Position | null = null;

  constructor(
    readonly life: Life,
    readonly ring: RingInstance,
    readonly members: readonly number[],
    last: Position | null,
  ) {
    this.last = last;
  }
}

/** Steps from ring to ring that are remembered. */
const STEPS_MAX = 400;

/**
 * Compares what lives deliver with the order in which messages left, and with each other.
 *
 * One rule serves M2, M3, M4 and M8: what a life delivers in a ring's regular configuration are that
 * ring's messages from the first on, none left out. The one exception is a message that was begun in an
 * earlier ring: it is left out exactly by those who did not go with its sender from ring to ring
 * since then. They lost its head when they saw the sender leave (spec totem 14.5), wherever that was.
 */
export class DeliveryChecker {
  readonly #steps = new Map<string, Stretch>();

  /** M1, M2, M3, M4, M6: a life delivers a message, whose bytes have the hash `contentHash`. */
  delivered(
    stretch: Stretch,
    from: number,
    trailer: Trailer,
    contentHash: number,
    transitionalMembers: readonly number[] | null,
  ): OrderedMessage | null {
    const { life, ring } = stretch;
    const { nodeId, number, hash } = trailer;
    const name = `message ${number} of node ${nodeId}`;
    if (hash !== contentHash || nodeId !== from)
      throw new Violation("M1", `node ${life.name} delivers a damaged ${name}, from ${from}`);
    if (ring.ambiguous) return null;
    if (transitionalMembers === null && !stretch.members.includes(from))
      throw new Violation("M3", `node ${life.name} delivers ${name} in ring ${ring.name} without it`);
    if (transitionalMembers !== null && !transitionalMembers.includes(from))
      throw new Violation("M6", `node ${life.name} delivers ${name}, which is not in ${transitionalMembers}`);
    const message = find(stretch, trailer, transitionalMembers !== null);
    if (message === null)
      throw new Violation("M3", `node ${life.name} delivers ${name}, not in its place of ring ${ring.name}`);
    stretch.last = message;
    if (transitionalMembers !== null) stretch.transitional.push(message);
    return message;
  }

  /** M5, M7: a life leaves a ring for the next; those who take the same step delivered the same. */
  stepped(stretch: Stretch, to: RingInstance): void {
    const { ring } = stretch;
    if (ring.ambiguous || to.ambiguous) return;
    checkOwn(stretch);
    const key = `${ring.name}>${to.name}`;
    const other = this.#steps.get(key);
    if (other === undefined) {
      this.#steps.set(key, stretch);
      if (this.#steps.size > STEPS_MAX) this.#steps.delete(this.#steps.keys().next().value!);
      return;
    }
    const difference = differenceOf(other, stretch);
    if (difference === null) return;
    const nodes = `nodes ${other.life.name} and ${stretch.life.name}`;
    throw new Violation("M5", `from ring ${ring.name} to ${to.name}, ${nodes}: ${difference}`);
  }

  /** M8: a ring that stays; everything sent in it was delivered. */
  atRest(stretch: Stretch): void {
    const { ring, life } = stretch;
    if (ring.ambiguous) return;
    for (let index = stretch.next; index < ring.end; index++) {
      const message = ring.message(index);
      if (message !== null && !isCut(message, life))
        throw new Violation("M8", `node ${life.name} did not deliver ${describeMessage(message)}`);
    }
  }
}

/** M7: a life has its own messages, so it delivers all that it sent in a ring before the next one. */
function checkOwn({ life, ring, regularEnd, transitional }: Stretch): void {
  const delivered = new Set(transitional);
  for (let index = regularEnd!; index < ring.end; index++) {
    const message = ring.message(index);
    if (message !== null && message.sender === life && !delivered.has(message))
      throw new Violation(
        "M7",
        `node ${life.name} left ring ${ring.name} without its own ${describeMessage(message)}`,
      );
  }
}

/** Goes on to that message; null when one before it must not be left out, or when it is not there. */
function find(stretch: Stretch, trailer: Trailer, mayPassHoles: boolean): OrderedMessage | null {
  const { ring, life } = stretch;
  for (; stretch.next < ring.end; stretch.next++) {
    const message = ring.message(stretch.next);
    if (message === null) continue;
    const { sender, number } = message;
    if (sender.nodeId === trailer.nodeId && sender.number === trailer.life && number === trailer.number) {
      stretch.next++;
      return message;
    }
    if (!mayPassHoles && !isCut(message, life))
      throw new Violation("M4", `node ${life.name} leaves out ${describeMessage(message)}`);
  }
  return null;
}

/** Whether a life did not hear the beginning of a message. */
export function isCut({ begunIn, ring, sender }: OrderedMessage, life: Life): boolean {
  return begunIn !== ring && !wentTogether(life, sender, begunIn, ring);
}

/** What is wrong with two lives' deliveries of one ring that both left together; null when they agree. */
function differenceOf(a: Stretch, b: Stretch): string | null {
  const { ring } = a;
  const [from, to] = [Math.min(a.regularEnd!, b.regularEnd!), Math.max(a.regularEnd!, b.regularEnd!)];
  for (let index = from; index < to; index++) {
    const message = ring.message(index);
    if (message !== null && !isCut(message, a.regularEnd === to ? b.life : a.life))
      return `only one delivers ${describeMessage(message)} before the transitional configuration`;
  }
  const first = a.transitional.filter((message) => !isCut(message, b.life));
  const second = b.transitional.filter((message) => !isCut(message, a.life));
  for (let i = 0; i < Math.max(first.length, second.length); i++)
    if (first[i] !== second[i])
      return `only one delivers ${describeMessage((first[i] ?? second[i])!)} after the transitional configuration`;
  return null;
}
