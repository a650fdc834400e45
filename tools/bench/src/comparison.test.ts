import { describe, expect, it } from "vitest";
import { compare, comparisonCells, median, type Sample } from "./comparison.ts";

function sample(kind: "ts" | "c", sizeBytes: number, messagesPerSecond: number): Sample {
  const megabytesPerSecond = (messagesPerSecond * sizeBytes) / 1e6;
  const span = { fromMicroseconds: 0, toMicroseconds: 1 };
  const measurement = { messagesPerSecond, megabytesPerSecond, senderCpuMicroseconds: 5, span };
  return { kind, sizeBytes, measurement };
}

describe("median", () => {
  it("is the middle, or the mean of the two in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("compare", () => {
  it("puts medians of both kinds against each other, size by size", () => {
    const samples = [
      sample("ts", 64, 100),
      sample("ts", 64, 300),
      sample("ts", 64, 200),
      sample("c", 64, 400),
      sample("ts", 1600, 50),
    ];
    const rows = compare(samples, [64, 1600]);
    expect(rows[0]).toMatchObject({
      ratio: 0.5,
      ours: { messagesPerSecond: 200, lowest: 100, highest: 300 },
    });
    expect(rows[1]).toMatchObject({ c: undefined, ratio: undefined });
    const cells = comparisonCells(rows);
    expect(cells.map((row) => row.length)).toEqual([8, 8, 8]);
    expect(cells[1]!.at(-1)).toBe("0.50");
    expect(cells[2]!.at(-1)).toBe("-");
  });
});
