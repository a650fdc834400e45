import { describe, expect, it } from "vitest";
import { PROFILES, runSimulation } from "../src/index.ts";
import { holds } from "./run-cluster.ts";

/** Processor seconds of a loop that nothing but the processor slows down: about half a second of it. */
function calibration(): number {
  const start = process.cpuUsage();
  let hash = 1;
  for (let i = 0; i < 300_000_000; i++) {
    hash = Math.imul(hash ^ i, 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  const { user } = process.cpuUsage(start);
  // Used, so that it is not left out.
  return hash === 0.5 ? 0 : user / 1e6;
}

describe("speed", { timeout: 240_000 }, () => {
  it("has little to do: a ring holds its token when nothing is sent", async () => {
    const perSecond = async (profile: "idle" | "calm", seconds: number) => {
      const { counts, virtualMs, events } = await holds(1, profile, seconds);
      return [counts.packets / (virtualMs / 1000), events / (virtualMs / 1000)] as const;
    };
    const [idlePackets, idleEvents] = await perSecond("idle", 600);
    expect(idlePackets).toBeLessThan(50);
    expect(idleEvents).toBeLessThan(80);
    const [packets, events] = await perSecond("calm", 60);
    expect(packets).toBeLessThan(1000);
    expect(events).toBeLessThan(1300);
  });

  it("simulates an hour of moderate load in the time of a few calibrated loops", async () => {
    const options = { seed: 1, nodeCount: 5, profile: PROFILES.calm };
    await runSimulation({ ...options, durationMs: 60_000 });
    const loop = calibration();
    const start = process.cpuUsage();
    const { virtualMs } = await runSimulation({ ...options, durationMs: 300_000 });
    const seconds = process.cpuUsage(start).user / 1e6;
    // Measured: about 7 loops an hour. A busy machine slows memory more than a loop without any.
    expect((seconds / loop) * (3_600_000 / virtualMs)).toBeLessThan(40);
  });

  it("manages 64 nodes", async () => {
    const { counts, deliveries } = await holds(1, "calm", 12, 64);
    expect(deliveries).toBeGreaterThan(10_000);
    expect(counts.messages).toBeGreaterThan(50);
    expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
  });
});
