import type { Inner } from "./inner-checker.ts";
import type { RingInstance } from "./ring-instances.ts";
import type { SentMessage } from "./ring-message.ts";

/** Rings of one life that are remembered. */
const PATH_MAX = 500;

/** One life of a node, from its start to its end, as the checkers know it. */
export class Life {
  /** `3` for the first life of node 3, `3'2` for the second. */
  readonly name: string;
  alive = true;
  /** The ring that it entered COMMIT for last. */
  committing: RingInstance | null = null;
  /** Null where only a trace is checked. */
  inner: Inner | null = null;
  /** What is multicast now goes to the queue of the synchronization (spec totem 10.5). */
  synchronizing = true;
  /** Multicast, and not on any ring yet, by number. */
  readonly unsent = new Map<number, SentMessage>();
  readonly #path: RingInstance[] = [];

  constructor(
    readonly nodeId: number,
    readonly number: number,
  ) {
    this.name = number === 1 ? `${nodeId}` : `${nodeId}'${number}`;
  }

  /** The ring of the last regular configuration. */
  get ring(): RingInstance | null {
    return this.#path.at(-1) ?? null;
  }

  installed(ring: RingInstance): void {
    this.#path.push(ring);
    if (this.#path.length > PATH_MAX) this.#path.shift();
  }

  /** The rings from one to another; null when the life was not in both, or long ago. */
  between(from: RingInstance, to: RingInstance): readonly RingInstance[] | null {
    const start = this.#path.lastIndexOf(from);
    const end = this.#path.lastIndexOf(to);
    return start < 0 || end < start ? null : this.#path.slice(start, end + 1);
  }

  /** The latest ring of that name. */
  ringNamed(name: string): RingInstance | null {
    return this.#path.findLast((ring) => ring.ringName === name) ?? null;
  }
}

/** Whether two lives went through the same rings from one to another: neither saw the other leave. */
export function wentTogether(a: Life, b: Life, from: RingInstance, to: RingInstance): boolean {
  const way = a.between(from, to);
  const other = b.between(from, to);
  if (way === null || other === null || way.length !== other.length) return false;
  return way.every((ring, i) => ring === other[i] && !ring.ambiguous);
}
