import { Script } from "node:vm";
import { Broken, type Target } from "../target.ts";
import type { BranchCounters } from "./branch-counters.ts";
import { FeatureMap } from "./feature-map.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { Random } from "./random.ts";

/** Inputs between two looks at the clock and at memory. */
const BATCH = 64;
/** An input that takes longer than this, again and again, is a finding. */
const INPUT_MS_MAX = 1000;
/** A batch that takes longer than this hangs. */
const BATCH_MS_MAX = 60_000;
/** Memory that the code under test may hold on to, beyond what was there before. */
const MEMORY_BYTES_MAX = 1024 * 1024 * 1024;

/** An input, and what it does that must not be. */
export interface Finding {
  readonly target: string;
  readonly input: Uint8Array;
  readonly error: Error;
}

export interface CampaignResult {
  readonly executions: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
  /** Inputs that are worth keeping: all that showed something new. */
  readonly corpus: readonly Uint8Array[];
  readonly features: FeatureMap;
}

export interface CampaignLimits {
  readonly seconds: number;
  readonly executions: number;
  /** Ends after so many different findings. */
  readonly findings: number;
}

/** Runs one target on mutations of a corpus that grows with whatever takes a branch in a new way. */
export class Campaign {
  readonly #random: Random;
  readonly #features: FeatureMap;
  readonly #corpus: Uint8Array[] = [];
  readonly #findings = new Map<string, Finding>();
  #executions = 0;
  #current: Uint8Array = new Uint8Array(0);
  readonly #guarded: Script;
  readonly #batchMs: number;

  constructor(
    readonly target: Target,
    readonly counters: BranchCounters,
    seed: number,
    { batchMs = BATCH_MS_MAX }: { readonly batchMs?: number } = {},
  ) {
    this.#batchMs = batchMs;
    this.#random = new Random(seed);
    this.#features = new FeatureMap(counters);
    this.#guarded = new Script("globalThis.corosyncFuzzBatch()");
  }

  run(kept: readonly Uint8Array[], limits: CampaignLimits): CampaignResult {
    const startMs = performance.now();
    const endMs = startMs + limits.seconds * 1000;
    const first = [...this.target.seeds, ...kept];
    for (let i = 0; i < first.length && performance.now() < endMs; i += BATCH) {
      const some = first.slice(i, i + BATCH);
      this.#inBatch(() => {
        for (const input of some) this.#execute(input);
      });
    }
    if (this.#corpus.length === 0) this.#corpus.push(new Uint8Array(0));
    while (
      performance.now() < endMs &&
      this.#executions < limits.executions &&
      this.#findings.size < limits.findings
    ) {
      const count = Math.min(BATCH, limits.executions - this.#executions);
      this.#inBatch(() => {
        for (let i = 0; i < count; i++) this.#execute(this.#mutant());
      });
    }
    return {
      executions: this.#executions,
      seconds: (performance.now() - startMs) / 1000,
      findings: [...this.#findings.values()],
      corpus: this.#corpus,
      features: this.#features,
    };
  }

  #mutant(): Uint8Array {
    const random = this.#random;
    // Half of the time one of the latest: what was new last is the likeliest to lead on.
    const { length } = this.#corpus;
    const index = random.oneIn(2) ? random.below(length) : Math.max(0, length - 1 - random.below(16));
    const input = this.#corpus[index]!;
    const other = random.pick(this.#corpus);
    const own = random.oneIn(2) ? (this.target.mutate?.(input, other, random) ?? null) : null;
    if (own !== null) return own;
    const fields = this.target.fields?.(input) ?? [];
    return mutateBytes(input, { fields, values: this.target.values ?? [], other }, random);
  }

  /** Runs a batch so that an endless loop in it ends, and what it keeps in memory is noticed. */
  #inBatch(batch: () => void): void {
    (globalThis as { corosyncFuzzBatch?: () => void }).corosyncFuzzBatch = batch;
    try {
      this.#guarded.runInThisContext({ timeout: this.#batchMs });
    } catch (error) {
      if ((error as { code?: string }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      this.#found(new Broken(`does not end within ${this.#batchMs} ms`));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (heapUsed + arrayBuffers > MEMORY_BYTES_MAX)
      this.#found(new Broken(`${heapUsed + arrayBuffers} bytes are in use after it`));
  }

  #execute(input: Uint8Array): void {
    this.#current = input;
    this.#executions++;
    this.counters.clear();
    const startMs = performance.now();
    try {
      this.target.run(input);
    } catch (error) {
      this.#found(error as Error);
    }
    if (performance.now() - startMs > INPUT_MS_MAX && this.#isSlow(input))
      this.#found(new Broken(`takes more than ${INPUT_MS_MAX} ms`));
    if (this.#features.learn()) this.#corpus.push(input);
  }

  /** Whether it is the input that is slow, and not the machine: three more runs, in processor time. */
  #isSlow(input: Uint8Array): boolean {
    for (let i = 0; i < 3; i++) {
      const before = process.cpuUsage();
      try {
        this.target.run(input);
      } catch {
        // Found already.
      }
      const { user, system } = process.cpuUsage(before);
      if (user + system < INPUT_MS_MAX * 1000) return false;
    }
    return true;
  }

  /** One finding for each kind of error; the shortest input stands for it. */
  #found(error: Error): void {
    const kind = kindOf(error);
    const known = this.#findings.get(kind);
    if (known && known.input.length <= this.#current.length) return;
    this.#findings.set(kind, { target: this.target.name, input: this.#current.slice(), error });
  }
}

/** Errors that differ in numbers only are of one kind. */
export function kindOf(error: Error | null): string {
  return error === null ? "" : `${error.name}: ${error.message.replace(/[0-9][0-9a-f]*/g, "#")}`;
}
