import { describe, expect, it } from "vitest";
import { readPart } from "./part.mjs";

describe("readPart", () => {
  it("takes one of two options, or none for all", () => {
    expect(readPart([])).toBe("all");
    expect(readPart(["--unit"])).toBe("--unit");
    expect(readPart(["--interop"])).toBe("--interop");
  });

  it("refuses everything else with the usage", () => {
    for (const args of [["--bogus"], ["--unit", "--bogus"], ["--bogus", "--unit"]])
      expect(() => readPart(args), args.join(" ")).toThrow(/^unexpected argument --bogus\nusage: /);
    expect(() => readPart(["--unit", "--interop"])).toThrow("unexpected argument --interop");
    expect(() => readPart(["unit"])).toThrow("unexpected argument unit");
    expect(() => readPart([""])).toThrow("unexpected argument");
  });
});
