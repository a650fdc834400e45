import { describe, expect, it } from "vitest";
import { addAll, sameNodes, without } from "./node-set.ts";

describe("sets of node ids", () => {
  it("are the same in any order", () => {
    expect(sameNodes([1, 2, 3], [3, 1, 2])).toBe(true);
    expect(sameNodes([1, 2], [1, 2, 3])).toBe(false);
  });

  it("do not pass for another set by repeating a node", () => {
    expect(sameNodes([1, 1, 2], [1, 2, 3])).toBe(false);
    expect(sameNodes([1, 2, 3], [1, 1, 2])).toBe(false);
  });

  it("grow by what is missing, and say whether anything was", () => {
    const list = [2];
    expect(addAll(list, [2, 5, 5])).toBe(true);
    expect(list).toEqual([2, 5]);
    expect(addAll(list, [5, 2])).toBe(false);
    expect(without(list, [2])).toEqual([5]);
  });
});
