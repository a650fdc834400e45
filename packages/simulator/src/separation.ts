interface Cut {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Who can not send to whom: a partition of the nodes, and directions that are cut. */
export class Separation {
  /** Whether there is any. */
  active = false;
  /** The side of each node; nodes without one are on a side together. */
  #sides: ReadonlyMap<number, number> | null = null;
  readonly #cuts = new Set<Cut>();

  /** Only nodes of the same side hear each other. Replaces a partition before. Returns what heals it. */
  split(sides: readonly (readonly number[])[]): () => void {
    const map = new Map(sides.flatMap((side, index) => side.map((id) => [id, index] as const)));
    this.#sides = map;
    this.active = true;
    return () => {
      if (this.#sides === map) this.#sides = null;
      this.#judge();
    };
  }

  /** Packets in that direction are lost; those of the other direction are not. Returns what mends it. */
  cut(from: readonly number[], to: readonly number[]): () => void {
    const cut = { from, to };
    this.#cuts.add(cut);
    this.active = true;
    return () => {
      this.#cuts.delete(cut);
      this.#judge();
    };
  }

  end(): void {
    this.#sides = null;
    this.#cuts.clear();
    this.active = false;
  }

  allows(from: number, to: number): boolean {
    if (this.#sides !== null && this.#sides.get(from) !== this.#sides.get(to)) return false;
    for (const cut of this.#cuts) if (cut.from.includes(from) && cut.to.includes(to)) return false;
    return true;
  }

  #judge(): void {
    this.active = this.#sides !== null || this.#cuts.size > 0;
  }
}
