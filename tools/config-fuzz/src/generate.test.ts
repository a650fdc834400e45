import { ConfigError, parseConfiguration } from "@corosync/config";
import { describe, expect, it } from "vitest";
import { generateFile } from "./generate.ts";
import { Random } from "./random.ts";

function outcome(seed: number): string {
  const main = { path: "f", content: generateFile(new Random(seed)) };
  try {
    parseConfiguration({ main, uidgid: [] }, { userId: () => 1, groupId: () => 1 });
    return "accepted";
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.replaceAll(/"[^"]*"|'[^']*'|\d+/g, "_");
  }
}

describe("generateFile", () => {
  it("gives the same file for the same seed, and others for others", () => {
    expect(generateFile(new Random(7))).toEqual(generateFile(new Random(7)));
    expect(generateFile(new Random(7))).not.toEqual(generateFile(new Random(8)));
  });

  it("makes files that the parser takes, and files with many different faults", () => {
    const outcomes = Array.from({ length: 300 }, (_, seed) => outcome(seed));
    expect(outcomes.filter((text) => text === "accepted").length).toBeGreaterThan(100);
    expect(new Set(outcomes).size).toBeGreaterThan(10);
  });
});
