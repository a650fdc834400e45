import { expect, it } from "vitest";
import { UsageError } from "../bench-options.ts";
import { parseRingOptions } from "./ring-options.ts";

it("has the numbers of nodes of the published table as defaults", () => {
  expect(parseRingOptions([])).toMatchObject({ nodes: [3, 8, 16, 32], contenders: ["ours", "C"] });
});

it.each(["--nodes=2", "--nodes=3,", "--rounds=0", "--token=x", "--contenders=D", "--nonsense"])(
  "refuses %s",
  (argument) => {
    expect(() => parseRingOptions([argument])).toThrow(UsageError);
  },
);
