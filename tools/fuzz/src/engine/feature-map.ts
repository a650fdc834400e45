import type { Branch, BranchCounters } from "./branch-counters.ts";

/** Counts of a branch in one input fall into classes; a new class is news. */
const CLASS_OF_COUNT = new Uint8Array(256).map((_, count) =>
  count <= 3 ? (1 << count) >> 1 : count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128,
);

/** What a campaign has seen so far of every branch. */
export class FeatureMap {
  readonly #seen: Uint8Array;

  constructor(readonly counters: BranchCounters) {
    this.#seen = new Uint8Array(counters.hits.length);
  }

  /** Takes in the counts of the input just run; answers whether anything was new. */
  learn(): boolean {
    const { hits, branches } = this.counters;
    const seen = this.#seen;
    let news = false;
    for (let i = 0, count = branches.length; i < count; i++) {
      const hit = hits[i]!;
      if (hit === 0) continue;
      const kind = CLASS_OF_COUNT[hit]!;
      if ((seen[i]! & kind) !== 0) continue;
      seen[i]! |= kind;
      news = true;
    }
    return news;
  }

  /** As `learn`, but only a branch that was never taken is news, and only in these files. */
  learnBranches(files: readonly string[]): boolean {
    const { hits, branches } = this.counters;
    let news = false;
    for (let i = 0; i < branches.length; i++) {
      if (hits[i] === 0 || this.#seen[i] !== 0 || !isIn(branches[i]!, files)) continue;
      this.#seen[i] = 1;
      news = true;
    }
    return news;
  }

  /** How many branches there are in files that begin with one of these. */
  coverable(files: readonly string[]): number {
    return this.counters.branches.filter((branch) => isIn(branch, files)).length;
  }

  uncovered(files: readonly string[]): Branch[] {
    return this.counters.branches.filter((branch, i) => isIn(branch, files) && this.#seen[i] === 0);
  }
}

function isIn(branch: Branch, files: readonly string[]): boolean {
  return files.some((prefix) => branch.file.startsWith(prefix));
}
