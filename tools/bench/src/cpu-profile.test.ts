import { describe, expect, it } from "vitest";
import { areaName, functionName, selfTimes } from "./cpu-profile.ts";

const RING = "file:///somewhere/packages/totem/dist/ring/ring.js";

function node(id: number, functionName: string, url = "") {
  return { id, callFrame: { functionName, url, lineNumber: 9 } };
}

const PROFILE = {
  startTime: 1000,
  nodes: [node(1, "(idle)"), node(2, "send", RING), node(3, "(program)"), node(4, "receive", RING)],
  samples: [1, 2, 3, 4, 2],
  timeDeltas: [0, 5000, 2000, 1000, 1000],
};
const ALWAYS = { fromMicroseconds: 0, toMicroseconds: Number.POSITIVE_INFINITY };

describe("selfTimes", () => {
  it("gives each sample the time until the next one, and leaves idle time out", () => {
    expect(selfTimes(PROFILE, functionName, ALWAYS)).toEqual([
      { name: "send packages/totem/dist/ring/ring.js:10", milliseconds: 2, fraction: 0.5 },
      { name: "(program)", milliseconds: 1, fraction: 0.25 },
      { name: "receive packages/totem/dist/ring/ring.js:10", milliseconds: 1, fraction: 0.25 },
    ]);
  });

  it("sums what has one name, in the time asked for", () => {
    const span = { fromMicroseconds: 7000, toMicroseconds: 9500 };
    expect(selfTimes(PROFILE, areaName, span)).toEqual([
      { name: "(program)", milliseconds: 1, fraction: 0.5 },
      { name: "packages/totem", milliseconds: 1, fraction: 0.5 },
    ]);
  });
});

describe("areaName", () => {
  it("tells packages, Node and native code apart", () => {
    expect(areaName({ functionName: "doSend", url: "node:dgram", lineNumber: 1 })).toBe("node:dgram");
    expect(areaName({ functionName: "writeBuffer", url: "", lineNumber: -1 })).toMatch(/native/);
    expect(areaName({ functionName: "(garbage collector)", url: "", lineNumber: -1 })).toBe(
      "(garbage collector)",
    );
  });
});
