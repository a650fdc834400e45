import { expect, it } from "vitest";
import { rotationTimes, tokenArrivals } from "./token-rotations.ts";

const LINES = ["ready", "token 10.000000 3", "token 10.001500 6", "token 10.001700 6", "token 10.002500 9"];
const ALL = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, longestMs: Number.POSITIVE_INFINITY };

function rounded(values: readonly number[]): number[] {
  return values.map((value) => Math.round(value * 1000) / 1000);
}

it("measures from token to token, counting one that was sent again once", () => {
  expect(rounded(rotationTimes(tokenArrivals(LINES), ALL))).toEqual([1.5, 1]);
});

it("leaves out what is outside of the time asked for, and rotations in which the token was held", () => {
  const arrivals = tokenArrivals([...LINES, "token 10.202500 12", "token 10.203000 15"]);
  expect(rounded(rotationTimes(arrivals, { ...ALL, fromMs: 10_001, longestMs: 100 }))).toEqual([1, 0.5]);
  expect(rounded(rotationTimes(arrivals, { ...ALL, toMs: 10_002 }))).toEqual([1.5]);
});
