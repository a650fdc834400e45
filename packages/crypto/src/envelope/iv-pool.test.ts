import { expect, it } from "vitest";
import { IvPool } from "./iv-pool.ts";

it("draws many salts at once and hands out each once, in order", () => {
  let draws = 0;
  const pool = new IvPool((bytes) => {
    draws++;
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i >> 4) ^ (i & 15) ^ draws;
  });
  const seen = new Set<string>();
  const out = new Uint8Array(20);
  for (let n = 0; n < 256; n++) {
    pool.take(out, 2);
    seen.add(out.join());
  }
  expect(draws).toBe(1);
  expect(seen.size).toBe(256);
  expect([...out.subarray(0, 2), ...out.subarray(18)]).toEqual([0, 0, 0, 0]);
  pool.take(out, 2);
  expect(draws).toBe(2);
});
