import type { ConfigurationChange } from "@corosync/totem";
import type { Life } from "./life.ts";
import type { RingInstance } from "./ring-instances.ts";
import { Violation } from "./violation.ts";

/**
 * The configurations of one life: C1, they alternate; C2, they are well formed; C3, a ring has one
 * membership everywhere; C4, ring sequences grow, from life to life while the disk keeps them; C5, a
 * transitional configuration holds those who come from the same ring, and nobody else; C6, nobody
 * installs a ring that a member never got to COMMIT for.
 */
export class ConfigurationChecker {
  #sequence: number;
  #members: readonly number[] = [];
  #transitional: ConfigurationChange | null = null;
  #first = true;

  /** @param storedSequence ring sequence that the life found on its disk */
  constructor(
    readonly life: Life,
    storedSequence: number,
  ) {
    this.#sequence = storedSequence;
  }

  /** Members of the transitional configuration until the regular one follows; null outside. */
  get transitionalMembers(): readonly number[] | null {
    return this.#transitional?.members ?? null;
  }

  /** Members of the last regular configuration. */
  get members(): readonly number[] {
    return this.#members;
  }

  transitional(change: ConfigurationChange): void {
    const { members, left, joined, ringId } = change;
    if (this.#transitional !== null) this.#broken("C1", "two transitional configurations in a row");
    if (ringId.sequence <= this.#sequence)
      this.#broken("C4", `ring ${ringId.sequence} after ${this.#sequence}`);
    this.#sequence = ringId.sequence;
    if (members.some((id) => !this.#members.includes(id)))
      this.#broken("C2", `transitional ${members} not within ${this.#members}`);
    if (members.includes(this.life.nodeId) === this.#first)
      this.#broken("C2", `transitional ${members} ${this.#first ? "of a start" : "without the node itself"}`);
    this.#ascending(members);
    this.#same("left", left, without(this.#members, members));
    this.#same("joined", joined, []);
    this.#transitional = change;
    this.#first = false;
  }

  /** @param ring the one that the life entered COMMIT for last */
  regular(change: ConfigurationChange, ring: RingInstance | null): RingInstance {
    const { members, left, joined, ringId } = change;
    const name = `${ringId.representative}.${ringId.sequence}`;
    const before = this.#transitional;
    if (before === null || `${before.ringId.representative}.${before.ringId.sequence}` !== name)
      throw this.#violation("C1", `regular configuration ${name} without its transitional`);
    if (!members.includes(this.life.nodeId)) this.#broken("C2", `ring ${members} without the node itself`);
    this.#ascending(members);
    if (before.members.some((id) => !members.includes(id)))
      this.#broken("C2", `transitional ${before.members} not within ring ${members}`);
    this.#same("joined", joined, without(members, before.members));
    this.#same("left", left, []);
    if (members[0] !== ringId.representative)
      this.#broken("C3", `representative ${ringId.representative} of ${members}`);
    if (ring === null || ring.ringName !== name)
      throw this.#violation("C6", `ring ${name} installed, COMMIT was entered for ${ring?.name}`);
    ring.members ??= members;
    if (!ring.ambiguous) {
      if (ring.members.join() !== members.join())
        this.#broken("C3", `ring ${name} is ${members} here and ${ring.members} elsewhere`);
      const entered = new Set([...ring.committed].map(({ nodeId }) => nodeId));
      const missing = members.filter((id) => !entered.has(id));
      if (missing.length > 0) this.#broken("C6", `ring ${name} installed, ${missing} did not enter COMMIT`);
      this.#checkOrigins(ring, before.members);
    }
    this.#transitional = null;
    this.#members = members;
    return ring;
  }

  /** C5, against each of the others that have installed the ring so far. */
  #checkOrigins(ring: RingInstance, together: readonly number[]): void {
    const origin = this.life.ring;
    for (const [nodeId, other] of ring.origins) {
      const same = origin !== null && other.ring === origin && !origin.ambiguous;
      if (origin?.ambiguous || other.ring?.ambiguous) continue;
      const text = `comes from ring ${origin?.name} to ${ring.name} with ${together}, ${nodeId} from ${other.ring?.name}`;
      if (together.includes(nodeId) !== same) this.#broken("C5", text);
      if (same && other.together.join() !== together.join())
        this.#broken("C5", `${text} with ${other.together}`);
    }
    ring.origins.set(this.life.nodeId, { ring: origin, together });
  }

  #ascending(members: readonly number[]): void {
    if (members.some((id, i) => i > 0 && members[i - 1]! >= id)) this.#broken("C2", `members ${members}`);
  }

  #same(what: string, one: readonly number[], other: readonly number[]): void {
    const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b).join();
    if (sorted(one) !== sorted(other)) this.#broken("C2", `${what} is ${one}, should be ${other}`);
  }

  #violation(property: string, text: string): Violation {
    return new Violation(property, `node ${this.life.name}: ${text}`);
  }

  #broken(property: string, text: string): never {
    throw this.#violation(property, text);
  }
}

function without(list: readonly number[], gone: readonly number[]): number[] {
  return list.filter((id) => !gone.includes(id));
}
