import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromBase64, readCorpus, targets } from "../src/index.ts";

/** Every input that is kept, in the plain sources: what once broke something must not do so again. */
describe.each(targets.map((target) => [target.name, target] as const))("%s", (_, target) => {
  const { regressions, inputs } = readCorpus(target.corpus ?? target.name);

  it("keeps its promises with its seeds and its corpus", () => {
    for (const input of [...target.seeds, ...inputs.map(fromBase64)]) target.run(input);
    expect(target.seeds.length).toBeGreaterThan(0);
  });

  for (const [what, input] of Object.entries(regressions)) it(what, () => target.run(fromBase64(input)));
});

it("has a corpus of no other target", () => {
  const names = readdirSync(new URL("../corpus/", import.meta.url)).map((file) =>
    file.replace(/\.json$/, ""),
  );
  const known = new Set(targets.map((target) => target.corpus ?? target.name));
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});
