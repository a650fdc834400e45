import { readFileSync, writeFileSync } from "node:fs";

/** What is kept of one target between runs: `corpus/NAME.json`, inputs in base64. */
export interface Corpus {
  /** Inputs that once broke something, by what they broke. All of them are unit tests. */
  readonly regressions: Readonly<Record<string, string>>;
  /** Inputs that together take every branch that is known to be taken. */
  readonly inputs: readonly string[];
}

const FOLDER = new URL("../../corpus/", import.meta.url);
const NOTHING: Corpus = { regressions: {}, inputs: [] };

/** @throws when the file is there but cannot be read */
export function readCorpus(name: string): Corpus {
  try {
    return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8")) as Corpus;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NOTHING;
    throw error;
  }
}

export function writeCorpus(name: string, corpus: Corpus): void {
  writeFileSync(new URL(`${name}.json`, FOLDER), `${JSON.stringify(corpus, null, 2)}\n`);
}

export function inputsOf(corpus: Corpus): Uint8Array[] {
  return [...corpus.inputs, ...Object.values(corpus.regressions)].map(fromBase64);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "base64"));
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
