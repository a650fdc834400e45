import { describe, expect, it } from "vitest";
import { disagreements } from "./agreement.ts";
import { StressHistory } from "./history.ts";
import type { Witness } from "./witness.ts";

const JOINS = ["confchg members 1:10 left joined 1:10:1", "confchg members 1:10 2:20 left joined 2:20:1"];

function witness(address: string, rings: string, lines: readonly string[], kind: "c" | "ts" = "ts"): Witness {
  const history = new StressHistory(`client ${address}`, address, lines).read();
  const expectedContent = (counter: number) => `${counter} 4 aa`;
  return { history, rings: rings.split(" "), expectedContent, kind, survived: true };
}

function says(sender: string, ...counters: number[]): string[] {
  return counters.map((counter) => `message ${sender.replace(":", " ")} ${counter} 4 aa`);
}

function ring(id: string): string {
  return `configuration ${id} 1 2`;
}

/** Two clients that both saw this after the second has joined. */
function pair(left: readonly string[], right: readonly string[], rings = "1.4 1.8"): string[] {
  return disagreements([
    witness("1:10", rings, [JOINS[0]!, ring("1.4"), JOINS[1]!, ...left]),
    witness("2:20", rings, [JOINS[1]!, ring("1.4"), ...right]),
  ]);
}

describe("disagreements", () => {
  const all = [...says("1:10", 0), ...says("2:20", 0, 1), ring("1.8"), ...says("1:10", 1)];

  it("finds none where all saw the same, each since its join", () => {
    expect(pair(all, all)).toEqual([]);
    const early = witness("1:10", "1.4", [JOINS[0]!, ring("1.4"), ...says("1:10", 0, 1), JOINS[1]!]);
    const late = witness("2:20", "1.4", [JOINS[1]!, ring("1.4")]);
    expect(disagreements([early, late])).toEqual([]);
  });

  it.each([
    ["another order", [...says("2:20", 0), ...says("1:10", 0), ...says("2:20", 1)], /before/],
    ["a message missing at the end", [...says("1:10", 0), ...says("2:20", 0)], /1\.4 1\.8/],
    ["a message missing in between", [...says("1:10", 0), ...says("2:20", 1)], /follows -1/],
    ["a message twice", [...says("1:10", 0, 0), ...says("2:20", 0, 1)], /message 0 of 1:10 follows 0/],
    ["a changed message", ["message 1 10 0 4 bb", ...says("2:20", 0, 1)], /"0 4 bb" instead of/],
  ])("finds %s", (_what, before, finding) => {
    const found = pair(all, [...before, ring("1.8"), ...says("1:10", 1)]);
    expect(found.join("\n")).toMatch(finding);
  });

  it("compares clients of C by order alone where it is told to", () => {
    const less = [JOINS[1]!, ring("1.4"), ...says("2:20", 0), ring("1.8")];
    const witnesses = (kind: "c" | "ts", lines: readonly string[]) => [
      witness("1:10", "1.4 1.8", [JOINS[0]!, ring("1.4"), JOINS[1]!, ...all]),
      witness("2:20", "1.4 1.8", lines, kind),
    ];
    const ways = (found: readonly string[]) => found.filter((finding) => finding.startsWith("on the way"));
    expect(ways(disagreements(witnesses("c", less), false))).toEqual([]);
    expect(ways(disagreements(witnesses("ts", less), false))).toHaveLength(1);
    const reversed = [JOINS[1]!, ring("1.4"), ...says("2:20", 0), ...says("1:10", 0), ring("1.8")];
    expect(disagreements(witnesses("c", reversed), false).join()).toMatch(/before/);
  });

  it("allows nodes that went different ways to have seen different messages, in one order", () => {
    const one = witness("1:10", "1.4 1.8 1.c", [JOINS[0]!, ring("1.4"), JOINS[1]!, ...all.slice(0, 2)]);
    const other = witness("2:20", "1.4 2.8 1.c", [JOINS[1]!, ring("1.4"), ...all.slice(0, 3)]);
    expect(disagreements([one, other])).toEqual([]);
  });

  it("allows a client to miss messages of a sender it has not heard since two nodes have met", () => {
    const meet = (...rest: string[]) => {
      const one = witness("1:10", "1.4 1.8", [JOINS[0]!, ring("1.4"), ring("1.8"), ...rest]);
      const other = witness("2:20", "2.4 1.8", [JOINS[1]!, ring("2.4"), ring("1.8"), ...says("1:10", 2)]);
      return disagreements([one, other]).filter((finding) => finding.startsWith("on the way"));
    };
    expect(meet(...says("1:10", 0, 1, 2))).toEqual([]);
    expect(meet(...says("1:10", 0, 1, 2, 3))).toHaveLength(1);
  });

  it("compares changes of the group with C only until a synchronization was given up", () => {
    const change = "confchg members 1:10 left 2:20:3 joined";
    const compare = (rings: string, kind: "c" | "ts") =>
      disagreements([
        witness("1:10", rings, [JOINS[0]!, ring("1.4"), JOINS[1]!, change, ring("1.c")]),
        witness("2:20", rings, [JOINS[1]!, ring("1.4"), ring("1.c")], kind),
      ]);
    expect(compare("1.4 1.c", "c")).toHaveLength(1);
    expect(compare("1.4 1.8 1.c", "c")).toEqual([]);
    expect(compare("1.4 1.8 1.c", "ts")).toHaveLength(1);
  });

  it("lets C drop what comes from nodes that it does not know in the group", () => {
    const compare = (kind: "c" | "ts") =>
      disagreements([
        witness("1:10", "1.4 1.8", [JOINS[0]!, ring("1.4"), JOINS[1]!, ...says("3:30", 4, 5), ring("1.8")]),
        witness("2:20", "1.4 1.8", [JOINS[1]!, ring("1.4"), ...says("3:30", 4), ring("1.8")], kind),
        witness("3:30", "1.4 3.8", []),
      ]);
    expect(compare("c")).toEqual([]);
    expect(compare("ts")).toHaveLength(1);
  });

  describe("when the sender is gone", () => {
    const lost = [...says("3:30", 1, 2), ...says("1:10", 1), ...says("3:30", 3), ...says("2:20", 0)];
    const first = [...says("3:30", 0), ...says("1:10", 0)];
    const next = "configuration 1.8 1 2";
    const compare = (kind: "c" | "ts", seen: readonly string[], left = " 3:30:3") =>
      disagreements([
        witness("1:10", "1.4 1.8", [JOINS[0]!, ring3, JOINS[1]!, ...first, ...lost, down(left), next], kind),
        witness("2:20", "1.4 1.8", [JOINS[1]!, ring3, ...first, ...seen, down(left), next]),
        witness("3:30", "1.4 3.8", []),
      ]).filter((finding) => finding.startsWith("on the way"));
    const ring3 = "configuration 1.4 1 2 3";
    const down = (left: string) => `confchg members 1:10 2:20 left${left} joined`;
    const own = [...says("1:10", 1), ...says("2:20", 0)];

    it("allows C to have freed what another misses, and all of that sender behind it", () => {
      expect(compare("c", own)).toEqual([]);
      expect(compare("ts", own)).toHaveLength(1);
    });

    it("allows nothing of that sender behind what was lost, nor a loss of another's messages", () => {
      expect(compare("c", [...says("1:10", 1), ...says("3:30", 3), ...says("2:20", 0)])).toHaveLength(1);
      expect(compare("c", [...says("3:30", 1, 2), ...says("2:20", 0)])).toHaveLength(1);
    });
  });
});
