import { expect, it } from "vitest";
import { ringCells } from "./ring-table.ts";

function sample(failover: number, loadedRotation?: number) {
  return {
    milliseconds: { failover, ...(loadedRotation !== undefined && { loadedRotation }) },
    lostRings: 0,
  };
}

it("shows medians, ranges and ratios of what was measured", () => {
  const samples = new Map([
    ["ours", [sample(2000), sample(2400), sample(2200)]],
    ["C", [sample(2000, 0.5)]],
  ]);
  expect(ringCells([{ nodes: 8, samples }], ["ours", "C"])).toEqual([
    ["", "nodes", "ours ms", "C ms", "ours : C"],
    ["one is killed: to the ring of the others", "8", "2200 (2000..2400)", "2000", "1.10"],
    ["token rotation, one client sending", "8", "-", "0.50", "-"],
  ]);
});
