import { describe, expect, it } from "vitest";
import { topSelfTimes } from "./cpu-profile.ts";

function node(id: number, functionName: string, url = "") {
  return { id, callFrame: { functionName, url, lineNumber: 9 } };
}

describe("topSelfTimes", () => {
  it("gives each sample the time until the next one, and leaves idle time out", () => {
    const profile = {
      nodes: [
        node(1, "(idle)"),
        node(2, "send", "file:///somewhere/packages/totem/dist/ring.js"),
        node(3, "(program)"),
        node(4, "send", "file:///somewhere/packages/totem/dist/ring.js"),
      ],
      samples: [1, 2, 3, 4, 2],
      timeDeltas: [0, 5000, 2000, 1000, 1000],
    };
    expect(topSelfTimes(profile, 10)).toEqual([
      { name: "send packages/totem/dist/ring.js:10", milliseconds: 3, fraction: 0.75 },
      { name: "(program)", milliseconds: 1, fraction: 0.25 },
    ]);
    expect(topSelfTimes(profile, 1)).toHaveLength(1);
  });
});
