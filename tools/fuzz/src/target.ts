import type { Random } from "./engine/random.ts";

/** A number inside an input that means something to the code under test: a count, a length, a sequence. */
export interface InputField {
  readonly at: number;
  /** 1, 2, 4 or 8, little-endian. */
  readonly bytes: number;
}

/** Something that reads bytes, and what must hold whatever the bytes are. */
export interface Target {
  readonly name: string;
  /** The corpus it shares with targets that read inputs alike; its own name if there is none. */
  readonly corpus?: string;
  /** Its share of the time of a run, next to the others' 1 unless they say so too. */
  readonly weight?: number;
  /** Prefixes of the files whose branches are this target's to cover. */
  readonly covers: readonly string[];
  /** Valid inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** Values worth putting into fields: ids and sequences that the code under test has itself. */
  readonly values?: readonly number[];
  /** Where the fields of an input are; without it mutations know bytes only. */
  fields?(input: Uint8Array): readonly InputField[];
  /** Mutates in the target's own terms, besides the general mutations; null to leave it to those. */
  mutate?(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array | null;
  /**
   * Feeds one input. The same input must always do the same.
   * @throws when something does not hold
   */
  run(input: Uint8Array): void;
}

/** An input broke an invariant. Any other exception out of `Target.run` is as bad. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Broken(what);
}
