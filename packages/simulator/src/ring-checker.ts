import type { ConfigurationChange } from "@corosync/totem";
import type { Stretch } from "./ring-log.ts";
import { differenceOf } from "./sequence-comparison.ts";
import { Violation } from "./violation.ts";

/** Rings and steps that are remembered; older ones can hardly be entered any more. */
const REMEMBERED = 400;

interface Step {
  readonly nodeId: number;
  readonly stretch: Stretch;
}

/**
 * Compares what the nodes saw (spec totem 19). It knows traces only and shares no code with the ring.
 */
export class RingChecker {
  readonly #rings = new Map<string, string>();
  /** Who left a ring for the same next ring. */
  readonly #steps = new Map<string, Step>();
  readonly #packets = new Map<string, Map<number, number>>();
  readonly #sent = new Map<string, number>();

  /** C3: one ring id, one membership. */
  regular(nodeId: number, change: ConfigurationChange): void {
    const { representative, sequence } = change.ringId;
    const ring = `${representative}.${sequence}`;
    const members = change.members.join();
    const known = this.#rings.get(ring);
    if (known !== undefined && known !== members)
      throw new Violation("C3", `ring ${ring} is ${members} at node ${nodeId} and ${known} elsewhere`);
    remember(this.#rings, ring, members);
  }

  /** M1: what is delivered was sent, as it is. */
  sent(nodeId: number, hash: number): void {
    const key = `${nodeId}:${hash}`;
    this.#sent.set(key, (this.#sent.get(key) ?? 0) + 1);
    if (this.#sent.size > 200_000) this.#sent.delete(this.#sent.keys().next().value!);
  }

  delivered(nodeId: number, from: number, hash: number): void {
    if (!this.#sent.has(`${from}:${hash}`))
      throw new Violation("M1", `node ${nodeId} delivered what ${from} never sent (${hash.toString(16)})`);
  }

  /** C5, M2, M5: who goes together from ring to ring saw the same in the same two parts. */
  stretchEnded(nodeId: number, stretch: Stretch): void {
    const key = `${stretch.ring}>${stretch.next}`;
    const known = this.#steps.get(key);
    if (known === undefined) {
      remember(this.#steps, key, { nodeId, stretch });
      return;
    }
    const where = `from ring ${stretch.ring} to ${stretch.next}, nodes ${known.nodeId} and ${nodeId}`;
    const other = known.stretch;
    if (other.together.join() !== stretch.together.join())
      throw new Violation("C5", `${where}: transitional ${other.together} and ${stretch.together}`);
    if (!stretch.together.includes(known.nodeId))
      throw new Violation("C5", `${where}: ${known.nodeId} is not in the transitional configuration`);
    const together = other.previous === stretch.previous;
    for (const part of ["regular", "transitional"] as const) {
      const difference = differenceOf(other[part], stretch[part], together, senderOf);
      if (difference !== null) throw new Violation("M5", `${where}, ${part}: ${difference}`);
    }
  }

  /** M8: in a ring that stays, all deliver the same: compares rings that have not ended. */
  atRest(steps: readonly Step[]): void {
    for (const { nodeId, stretch } of steps) {
      const [first] = steps;
      const together = first!.stretch.previous === stretch.previous;
      const difference = differenceOf(first!.stretch.regular, stretch.regular, together, senderOf);
      if (difference !== null)
        throw new Violation(
          "M8",
          `nodes ${first!.nodeId} and ${nodeId} in ring ${stretch.ring}: ${difference}`,
        );
    }
  }

  /** W1: a sequence number of a ring names one packet, whoever sends it. */
  packet(ring: string, seq: number, hash: number): void {
    let packets = this.#packets.get(ring);
    if (packets === undefined) {
      packets = new Map();
      remember(this.#packets, ring, packets, 8);
    }
    const known = packets.get(seq);
    if (known !== undefined && known !== hash)
      throw new Violation("W1", `packet ${seq} of ring ${ring} has two contents`);
    if (known === undefined) remember(packets, seq, hash, 20_000);
  }
}

function senderOf(name: string): string {
  return name.slice(0, name.indexOf(":"));
}

function remember<K, V>(map: Map<K, V>, key: K, value: V, limit = REMEMBERED): void {
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value!);
}
