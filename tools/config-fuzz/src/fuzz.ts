import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertInside } from "./enclosure.ts";
import { generateFile } from "./generate.ts";
import { KNOWN_DIFFERENCES } from "./known-differences.ts";
import { Random } from "./random.ts";
import { shrunk } from "./shrink.ts";
import { type Verdict, verdictOfC, verdictOfOurs } from "./verdict.ts";

/** Both verdicts on one file. */
interface Comparison {
  readonly ours: Verdict;
  readonly c: Verdict;
  /** The name of the known difference, "" for none and null where the verdicts are the same. */
  readonly difference: string | null;
}

/** A file that the daemons judge differently for no known reason. */
export interface Unexplained extends Comparison {
  readonly seed: number;
  readonly file: Uint8Array;
}

export interface FuzzSummary {
  readonly files: number;
  readonly accepted: number;
  /** Different messages that C gave, numbers and quoted texts left out. */
  readonly messages: ReadonlyMap<string, number>;
  readonly known: ReadonlyMap<string, number>;
  readonly unexplained: readonly Unexplained[];
}

/** Judges files, each from a seed of its own, counted up from the first. */
export class ConfigFuzz {
  private readonly path: string;

  /**
   * @param folder of the enclosure: where the file is written that both daemons read
   * @throws outside of the enclosure
   */
  constructor(folder: string) {
    assertInside(folder);
    this.path = join(folder, "corosync.conf");
  }

  async run(firstSeed: number, files: number, found: (one: Unexplained) => void): Promise<FuzzSummary> {
    let accepted = 0;
    const messages = new Map<string, number>();
    const known = new Map<string, number>();
    const unexplained: Unexplained[] = [];
    for (let seed = firstSeed; seed < firstSeed + files; seed++) {
      const file = generateFile(new Random(seed));
      const comparison = await this.compare(file);
      if (comparison.c.exit === 0) accepted++;
      const message = withoutValues(comparison.c.stderr);
      messages.set(message, (messages.get(message) ?? 0) + 1);
      const { difference } = comparison;
      if (difference === null) continue;
      if (difference !== "") known.set(difference, (known.get(difference) ?? 0) + 1);
      else {
        const one = await this.smallest(seed, file);
        unexplained.push(one);
        found(one);
      }
    }
    return { files, accepted, messages, known, unexplained };
  }

  private async smallest(seed: number, file: Uint8Array): Promise<Unexplained> {
    const small = await shrunk(file, async (one) => (await this.compare(one)).difference === "");
    return { seed, file: small, ...(await this.compare(small)) };
  }

  private async compare(file: Uint8Array): Promise<Comparison> {
    writeFileSync(this.path, file);
    const text = new TextDecoder("latin1").decode(file);
    const c = verdictOfC(this.path, text);
    const ours = await verdictOfOurs(this.path, text);
    if (ours.exit === c.exit && ours.stderr === c.stderr) return { ours, c, difference: null };
    const known = KNOWN_DIFFERENCES.find((one) => one.applies(ours, c, text));
    return { ours, c, difference: known?.name ?? "" };
  }
}

function withoutValues(stderr: string): string {
  return stderr.replaceAll(/"[^"]*"|'[^']*'|[0-9]+/g, "_");
}
