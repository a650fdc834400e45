import { describe, expect, it } from "vitest";
import type { Counts } from "../src/counts.ts";
import type { Fault, Profile } from "../src/index.ts";
import { keeps } from "./run-cluster.ts";

/** What must be counted when a fault has happened. */
type Counted = Exclude<keyof Counts, "faults">;

const NODES = [1, 2, 3, 4, 5];
const others = NODES.filter((id) => id !== 2);

describe("a fault of every packet happens, and the cluster keeps its promises", { timeout: 60_000 }, () => {
  const cases: readonly (readonly [string, Partial<Profile>, Counted])[] = [
    ["loss", { loss: 0.05 }, "lost"],
    ["duplication", { duplication: 0.1 }, "duplicated"],
    ["reordering", { reordering: 0.1 }, "reordered"],
    ["corruption", { corruption: 0.03 }, "corrupted"],
    ["refused sends", { sendFailures: 0.03 }, "sendsRefused"],
    ["nodes that are slow", { packetMs: 1 }, "waited"],
    ["clocks that are wrong", { clockSkew: 0.1, clockOffsetMs: 1e9 }, "wrongClocks"],
  ];
  for (const [name, change, counted] of cases)
    it(name, async () => {
      const { counts, deliveries } = await keeps({ change });
      expect(counts[counted]).toBeGreaterThan(4);
      expect(deliveries).toBeGreaterThan(500);
      expect((await keeps({ seconds: 1 })).counts[counted]).toBe(0);
    });

  it("delay and jitter, which make the token go round slowly", async () => {
    const near = await keeps({});
    const far = await keeps({ change: { delayMs: 8, jitterMs: 6 } });
    expect(far.counts.packets).toBeLessThan(near.counts.packets / 3);
  });
});

describe("a scheduled fault happens, and the cluster keeps its promises", { timeout: 60_000 }, () => {
  const at = 3000;
  const cases: readonly (readonly [string, Fault, Counted | null])[] = [
    ["a partition", { kind: "partition", atMs: at, sides: [[1, 2]], forMs: 1500 }, "separated"],
    [
      "every node alone",
      { kind: "partition", atMs: at, sides: NODES.map((id) => [id]), forMs: 900 },
      "separated",
    ],
    ["a node that nobody hears", { kind: "cut", atMs: at, from: [2], to: others, forMs: 2000 }, "separated"],
    ["a node that hears nobody", { kind: "cut", atMs: at, from: others, to: [2], forMs: 2000 }, "separated"],
    ["a spell of loss", { kind: "network", atMs: at, loss: 0.3, forMs: 1500 }, "lost"],
    ["a spell of corruption", { kind: "network", atMs: at, corruption: 0.3, forMs: 900 }, "corrupted"],
    ["a short pause", { kind: "pause", atMs: at, node: 3, forMs: 100 }, "waited"],
    ["a pause longer than the token timeout", { kind: "pause", atMs: at, node: 3, forMs: 2000 }, "waited"],
    [
      "a node that is slow for a while",
      { kind: "slow", atMs: at, node: 1, packetMs: 6, forMs: 1500 },
      "waited",
    ],
    ["a clock that runs fast", { kind: "clock", atMs: at, node: 2, rate: 1.1, forMs: 3000 }, null],
    ["a clock that runs slowly", { kind: "clock", atMs: at, node: 2, rate: 0.9, forMs: 3000 }, null],
    ["sends that fail", { kind: "full", atMs: at, node: 4, refuses: true, forMs: 500 }, "sendsRefused"],
    ["sends that wait", { kind: "full", atMs: at, node: 4, refuses: false, forMs: 500 }, "sendsHeld"],
    ["a crash", { kind: "crash", atMs: at, node: 1, forgets: false, forMs: 900 }, "restarts"],
    [
      "a crash with loss of the ring-id file",
      { kind: "crash", atMs: at, node: 1, forgets: true, forMs: 900 },
      "amnesias",
    ],
    ["a leave", { kind: "leave", atMs: at, node: 5, forMs: 900 }, "restarts"],
  ];
  for (const [name, fault, counted] of cases)
    it(name, async () => {
      const lines: string[] = [];
      const reader = { line: (line: string) => lines.push(line) };
      const { counts } = await keeps({ faults: [fault], reader });
      expect(counts.faults).toEqual({ [fault.kind]: 1 });
      if (counted !== null) expect(counts[counted]).toBeGreaterThan(0);
      expect(lines.filter((line) => line.includes("  fault  ")).length).toBe(1);
    });

  it("changes the ring when it lasts longer than the token timeout, and does not when it is shorter", async () => {
    const pause = (forMs: number) => keeps({ faults: [{ kind: "pause", atMs: at, node: 3, forMs }] });
    expect((await pause(100)).configurations).toBe((await keeps({ faults: [] })).configurations);
    expect((await pause(2000)).configurations).toBeGreaterThan((await pause(100)).configurations);
  });

  it("lets a node that leaves go without a token timeout", async () => {
    const gone: number[] = [];
    const check = ({ nowMs, nodeId, kind }: { nowMs: number; nodeId: number; kind: string }) => {
      if (kind === "regular" && nodeId === 1 && nowMs > at) gone.push(nowMs - at);
    };
    await keeps({ faults: [{ kind: "leave", atMs: at, node: 5, forMs: 3000 }], check });
    await keeps({ faults: [{ kind: "crash", atMs: at, node: 5, forgets: false, forMs: 3000 }], check });
    expect(gone[0]).toBeLessThan(100);
    expect(gone.some((ms) => ms > 600 && ms < 1000)).toBe(true);
  });

  it("is drawn from each rate of a profile", async () => {
    const rates = [
      "partitions",
      "cuts",
      "spells",
      "pauses",
      "slowdowns",
      "clockChanges",
      "fullQueues",
      "crashes",
      "leaves",
    ] as const;
    const kinds = ["partition", "cut", "network", "pause", "slow", "clock", "full", "crash", "leave"];
    for (const [i, rate] of rates.entries()) {
      const { faults } = await keeps({ change: { [rate]: 1, load: 5 }, seconds: 6 });
      expect(new Set(faults.map(({ kind }) => kind)), rate).toEqual(new Set([kinds[i]]));
    }
  });
});

describe("sequence numbers close to 2^32", { timeout: 60_000 }, () => {
  it("pass it for messages, tokens and rings, and nothing is lost", async () => {
    const { counts } = await keeps({ change: { wrapWithin: 200 } });
    expect(counts.sequenceWraps).toBeGreaterThan(0);
    expect(counts.tokenSequenceWraps).toBeGreaterThan(0);
  });

  it("pass it while rings change and packets are lost", async () => {
    let rings = 0;
    for (let seed = 1; seed <= 3; seed++) {
      const { counts } = await keeps({
        seed,
        change: { wrapWithin: 60, loss: 0.03, partitions: 0.8, crashes: 0.3 },
      });
      expect(counts.sequenceWraps).toBeGreaterThan(0);
      rings += counts.ringSequenceWraps;
    }
    expect(rings).toBeGreaterThan(0);
  });
});

describe("processes", { timeout: 60_000 }, () => {
  it("come, leave and die in many groups", async () => {
    const { counts } = await keeps({ change: { churn: 0.6, groups: 30, processes: 8 } });
    expect(counts.joins).toBeGreaterThan(50);
    expect(counts.leaves).toBeGreaterThan(10);
    expect(counts.deaths).toBeGreaterThan(10);
  });

  it("multicast from 1 B to 1 MiB, as much as the ring takes", async () => {
    const sizes: number[] = [];
    const { counts } = await keeps({
      change: { load: 150, burst: 40, messageBytes: 1_048_576 },
      seconds: 4,
      check: ({ kind, text }) => {
        if (kind === "send") sizes.push(Number(/, (\d+) B/.exec(text)![1]));
      },
    });
    expect(Math.min(...sizes)).toBe(1);
    expect(counts.longestMessageBytes).toBeGreaterThan(500_000);
    expect(counts.messageBytes).toBeGreaterThan(5_000_000);
  });
});
