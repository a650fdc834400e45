import { expect, it } from "vitest";
import { sequenceAtMost, sequenceLessThan } from "../src/ring/sequence.ts";
import { readVector } from "./capture/captures.ts";

it("compares sequence numbers as C does, in all recorded pairs (spec totem 3.1)", () => {
  const { rows } = readVector("seq-compare.json") as { rows: [number, number, number, number][] };
  expect(rows.length).toBe(225);
  for (const [a, b, lessThan, atMost] of rows) {
    expect([a, b, sequenceLessThan(a, b), sequenceAtMost(a, b)]).toEqual([
      a,
      b,
      lessThan === 1,
      atMost === 1,
    ]);
  }
});
