import type { RingId, TotemObservation, TotemSizes } from "@corosync/totem";
import type { Life } from "./life.ts";
import type { RingInstance } from "./ring-instances.ts";
import { Violation } from "./violation.ts";
import { before } from "./wire-reading.ts";

/** The inside of a node's ring, as far as the checks look at it. */
export interface Inner {
  readonly state: string;
  readonly observation: Pick<
    TotemObservation,
    "ring" | "aru" | "freedTo" | "undeliveredOldPackets" | "sizes"
  >;
}

/** Spec totem 3.2, 3.3, 14.6 and what the ring may hold of nodes. */
const SIZE_BOUNDS: { readonly [Size in keyof TotemSizes]: number } = {
  regularSlots: 16_384,
  recoverySlots: 16_384,
  oversizePackets: 0,
  recoveryQueue: 16_384,
  nodes: 384,
  callbacks: 64,
  normalQueueBytes: 4 * 1024 * 1024,
  transitionalQueueBytes: 4 * 1024 * 1024,
  normalAssemblies: 384,
  transitionalAssemblies: 384,
  assemblyBytes: 1_048_576 + 65_536,
};

const STEPS_MAX = 400;

/**
 * White box, through `Totem.observe`: W3, a packet is freed only when all members have it; W5, all who
 * enter a ring together hold the same packets of their old one; and every queue keeps its bound.
 */
export class InnerChecker {
  readonly #undelivered = new Map<string, { life: Life; seqs: string }>();
  readonly #freedTo = new WeakMap<Life, number>();

  /** W3, looked at whenever a life passes its token on. */
  tokenPassed(life: Life, lives: Iterable<Life>): void {
    const { inner, ring } = life;
    if (inner === null || ring === null || ring.ambiguous || inner.state !== "operational") return;
    const { freedTo, ring: own } = inner.observation;
    if (this.#freedTo.get(life) === freedTo) return;
    this.#freedTo.set(life, freedTo);
    for (const other of lives) {
      if (other === life || !other.alive || other.inner === null) continue;
      const { ring: theirs, aru } = other.inner.observation;
      if (same(own, theirs) && before(aru, freedTo))
        throw new Violation(
          "W3",
          `node ${life.name} frees packet ${freedTo} of ring ${ring.name}, node ${other.name} has up to ${aru}`,
        );
    }
  }

  /** W5, when the transitional configuration on the way from `life.ring` to `to` comes. */
  transitional(life: Life, to: RingInstance | null): void {
    const from = life.ring;
    if (life.inner === null || from === null || to === null || from.ambiguous || to.ambiguous) return;
    const seqs = life.inner.observation.undeliveredOldPackets().join(" ");
    const key = `${from.name}>${to.name}`;
    const known = this.#undelivered.get(key);
    if (known === undefined) {
      this.#undelivered.set(key, { life, seqs });
      if (this.#undelivered.size > STEPS_MAX)
        this.#undelivered.delete(this.#undelivered.keys().next().value!);
    } else if (known.seqs !== seqs)
      throw new Violation(
        "W5",
        `from ring ${from.name} to ${to.name} node ${known.life.name} holds ${known.seqs || "nothing"}, node ${life.name} ${seqs || "nothing"}`,
      );
  }

  /** Every queue and list of the ring below its bound. */
  checkSizes(life: Life): void {
    if (life.inner === null) return;
    const { sizes } = life.inner.observation;
    for (const [name, bound] of Object.entries(SIZE_BOUNDS)) {
      const size = sizes[name as keyof TotemSizes];
      if (size > bound)
        throw new Violation("memory", `node ${life.name}: ${name} is ${size}, the bound is ${bound}`);
    }
  }

  /** At rest nothing waits. */
  checkDrained(life: Life): void {
    if (life.inner === null) return;
    const { sizes } = life.inner.observation;
    for (const name of [
      "normalQueueBytes",
      "transitionalQueueBytes",
      "recoveryQueue",
      "assemblyBytes",
    ] as const)
      if (sizes[name] > 0) throw new Violation("L1", `node ${life.name} at rest: ${name} is ${sizes[name]}`);
  }
}

function same(a: RingId, b: RingId): boolean {
  return a.representative === b.representative && a.sequence === b.sequence;
}
