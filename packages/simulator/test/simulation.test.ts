import { describe, expect, it } from "vitest";
import { PROFILES, type ProfileName, runSimulation } from "../src/index.ts";
import { shrinkFaults } from "../src/shrink.ts";
import failedSeeds from "./failed-seeds.json" with { type: "json" };

const run = (seed: number, profile: ProfileName, seconds: number, nodeCount = 5) =>
  runSimulation({ seed, nodeCount, durationMs: seconds * 1000, profile: PROFILES[profile] });

async function holds(seed: number, profile: ProfileName, seconds: number, nodeCount = 5): Promise<void> {
  const { violation } = await run(seed, profile, seconds, nodeCount);
  const hours = seconds / 3600;
  const replay = `npm run simulate -- --seed ${seed} --nodes ${nodeCount} --hours ${hours} --profile ${profile}`;
  expect(violation, replay).toBeNull();
}

describe("whole clusters under a seeded scheduler", { timeout: 120_000 }, () => {
  it("give the same trace for the same seed, and another for another", async () => {
    const [first, second, other] = [
      await run(7, "chaos", 6),
      await run(7, "chaos", 6),
      await run(8, "chaos", 6),
    ];
    expect(second.traceHash).toBe(first.traceHash);
    expect(other.traceHash).not.toBe(first.traceHash);
    expect(first.deliveries).toBeGreaterThan(1000);
  });

  it("keep order, virtual synchrony and liveness under every fault", async () => {
    for (let seed = 1; seed <= 8; seed++) await holds(seed, "chaos", 15, 2 + (seed % 5));
  });

  it("keep them on a network that loses, repeats, delays and damages packets", async () => {
    for (let seed = 1; seed <= 3; seed++) await holds(seed, "lossy", 10);
  });

  it("keep them under seeds that nobody tried before", async () => {
    const first = Date.now() >>> 0;
    for (let i = 0; i < 6; i++)
      await holds((first + i) >>> 0, i % 3 === 0 ? "lossy" : "chaos", 15, 2 + (i % 5));
  });

  it("keep them under the seeds that ever failed", async () => {
    for (const { seed, profile, seconds, nodes } of failedSeeds)
      await holds(seed, profile as ProfileName, seconds, nodes);
  });

  it("are fast when there is little to do", async () => {
    const { counts, virtualMs } = await run(1, "idle", 600);
    expect(counts.packets / (virtualMs / 1000)).toBeLessThan(100);
  });
});

describe("shrinking", () => {
  it("finds the two faults of many that are needed", async () => {
    const faults = Array.from({ length: 40 }, (_, i) => ({
      atMs: i,
      kind: "leave" as const,
      node: 1,
      forMs: 0,
    }));
    const needed = [11, 29];
    const short = await shrinkFaults(
      faults,
      (list) => Promise.resolve(needed.every((at) => list.some((fault) => fault.atMs === at))),
      200,
    );
    expect(short.map((fault) => fault.atMs)).toEqual(needed);
  });
});
