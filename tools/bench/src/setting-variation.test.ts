import { expect, it } from "vitest";
import { variationCells } from "./setting-variation.ts";

it("shows the median rate of each value and its ratio to the first", () => {
  const samples = [100, 300, 200].flatMap((messagesPerSecond) => [
    { value: "0", sizeBytes: 64, messagesPerSecond },
    { value: "8", sizeBytes: 64, messagesPerSecond: messagesPerSecond * 1.5 },
  ]);
  expect(variationCells("accelerated_window", ["0", "8"], samples)).toEqual([
    ["size", "accelerated_window 0", "accelerated_window 8"],
    ["64 B", "200 (1.00)", "300 (1.50)"],
  ]);
});
