import { describe, expect, it } from "vitest";
import { parseBenchOptions, UsageError } from "./bench-options.ts";

describe("parseBenchOptions", () => {
  it("has the sizes and rounds of the published table as defaults", () => {
    expect(parseBenchOptions([])).toMatchObject({
      sizesBytes: [64, 1600, 8000, 65_536],
      rounds: 5,
      kinds: ["ts", "c"],
    });
  });

  it("takes keys of the totem section", () => {
    const args = ["--totem", "window_size=300", "--totem", "max_messages=100"];
    expect(parseBenchOptions(args).totem).toEqual({ window_size: "300", max_messages: "100" });
  });

  it("takes a key to vary and the number of senders", () => {
    expect(parseBenchOptions(["--vary", "accelerated_window=0,8", "--senders", "3"])).toMatchObject({
      vary: { key: "accelerated_window", values: ["0", "8"] },
      senders: 3,
    });
  });

  it.each([
    ["--vary=accelerated_window"],
    ["--vary=accelerated_window=0,"],
    ["--senders=4"],
    ["--totem=window_size"],
    ["--sizes=0"],
    ["--sizes=64,x"],
    ["--rounds=1.5"],
    ["--seconds=-1"],
    ["--kinds=d"],
    ["--nonsense"],
  ])("refuses %s", (argument) => {
    expect(() => parseBenchOptions([argument])).toThrow(UsageError);
  });
});
