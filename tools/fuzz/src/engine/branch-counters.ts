/** One branch of instrumented code: where it begins, as `file:line:column`. */
export interface Branch {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const BRANCHES_MAX = 1 << 15;

/**
 * How often each branch was taken since the last `clear`. Instrumented modules find the one instance of
 * a process under `globalThis` by `COUNTERS_KEY`, announce their branches when they load, and count in
 * `hits` themselves.
 */
export class BranchCounters {
  /** Counts wrap at 256: a loop that wraps to exactly 0 is seen in the input next to it. */
  readonly hits = new Uint8Array(BRANCHES_MAX);
  readonly branches: Branch[] = [];

  /** @returns the index of the module's first branch in `hits` */
  announce(file: string, places: readonly (readonly [line: number, column: number])[]): number {
    const first = this.branches.length;
    if (first + places.length > BRANCHES_MAX) throw new RangeError(`more than ${BRANCHES_MAX} branches`);
    for (const [line, column] of places) this.branches.push({ file, line, column });
    return first;
  }

  clear(): void {
    this.hits.fill(0, 0, this.branches.length);
  }
}

export const COUNTERS_KEY = "corosyncBranchCounters";

/** The counters of this process, made when first asked for. */
export function branchCounters(): BranchCounters {
  const place = globalThis as { [COUNTERS_KEY]?: BranchCounters };
  place[COUNTERS_KEY] ??= new BranchCounters();
  return place[COUNTERS_KEY];
}
