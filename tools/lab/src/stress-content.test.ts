import { describe, expect, it } from "vitest";
import {
  expectedStressLine,
  fillStressMessage,
  STRESS_MAX_LENGTH_BYTES,
  stressCounter,
  stressHash,
  stressLengthBytes,
} from "./stress-content.ts";

describe("stress messages", () => {
  it("hash as FNV-1a does", () => {
    expect(stressHash(new TextEncoder().encode("foobar"))).toBe("bf9cf968");
    expect(stressHash(new Uint8Array(0))).toBe("811c9dc5");
  });

  it("are what the C program makes of the same seed", () => {
    // Printed by cpg-stress --seed 7 on C Corosync.
    expect(expectedStressLine(7, 0, STRESS_MAX_LENGTH_BYTES)).toBe("0 1 050c5d1f");
    expect(EXPECTED_OF_SEED_7.map((_, i) => expectedStressLine(7, i + 1, 5000))).toEqual(EXPECTED_OF_SEED_7);
  });

  it("carry as much of their counter as fits", () => {
    const bytes = new Uint8Array(2);
    fillStressMessage(bytes, 1, 0x12345678);
    expect(stressCounter(bytes)).toBe(0x5678);
  });

  it("have lengths from 1 B to 900 kB that stay near 140 MB for 20000 messages", () => {
    let total = 0;
    let smallest = Number.POSITIVE_INFINITY;
    let largest = 0;
    for (let counter = 0; counter < 20_000; counter++) {
      const length = stressLengthBytes(1, counter, STRESS_MAX_LENGTH_BYTES);
      total += length;
      smallest = Math.min(smallest, length);
      largest = Math.max(largest, length);
    }
    expect([smallest, largest]).toEqual([1, 900_000]);
    expect(total).toBeGreaterThan(110e6);
    expect(total).toBeLessThan(170e6);
  });
});

const EXPECTED_OF_SEED_7 = [
  "1 5000 57a221f3",
  "2 22 d0242517",
  "3 56 745635f4",
  "4 54 10f78396",
  "5 932 d615bf96",
  "6 7 a8558d2d",
];
