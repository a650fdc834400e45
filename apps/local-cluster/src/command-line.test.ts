import { afterEach, describe, expect, it, vi } from "vitest";
import { parseArguments } from "./command-line.ts";

afterEach(() => vi.restoreAllMocks());

describe("the arguments", () => {
  it("run three nodes; with a terminal a person talks, without one the nodes do", () => {
    expect(parseArguments([], true)).toEqual({ nodes: 3, seconds: null, keep: false });
    expect(parseArguments([], false)).toEqual({ nodes: 3, seconds: 10, keep: false });
  });

  it("take a number of nodes and seconds", () => {
    const expected = { nodes: 8, seconds: 3, keep: true };
    expect(parseArguments(["--nodes", "8", "--seconds=3", "--keep"], true)).toEqual(expected);
  });

  it.each([
    ["--nodes", "0"],
    ["--nodes", "9"],
    ["--nodes", "3x"],
    ["--seconds", "-1"],
    ["extra", "words"],
  ])("refuse %s %s with exit code 1 and say why", (...words) => {
    const exit = vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(() => parseArguments(words, true)).toThrow("exit 1");
    expect(exit).toHaveBeenCalledTimes(1);
    expect(stderr.mock.calls.flat().join("")).toMatch(/error: /);
  });
});
