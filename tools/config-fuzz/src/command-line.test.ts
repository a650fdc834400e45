import { describe, expect, it } from "vitest";
import { readCommandLine } from "./command-line.ts";

describe("the command line of config-fuzz", () => {
  it("has a default for everything", () => {
    expect(readCommandLine([])).toEqual({ files: 200, seed: null, messages: false });
    expect(readCommandLine(["--files", "5000", "--seed", "0", "--messages"])).toEqual({
      files: 5000,
      seed: 0,
      messages: true,
    });
  });

  it("names the option that is wrong", () => {
    expect(() => readCommandLine(["--bogus"])).toThrow("--bogus");
    expect(() => readCommandLine(["file"])).toThrow("file");
    for (const wrong of ["0", "x", "1.5", "0x10", ""])
      expect(() => readCommandLine([`--files=${wrong}`]), wrong).toThrow(
        "--files must be a whole number from 1",
      );
    for (const wrong of ["-1", "2147483648", ""])
      expect(() => readCommandLine([`--seed=${wrong}`]), wrong).toThrow(
        "--seed must be a whole number from 0",
      );
  });
});
