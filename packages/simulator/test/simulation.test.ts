import { describe, it } from "vitest";
import type { ProfileName } from "../src/index.ts";
import failedSeeds from "./failed-seeds.json" with { type: "json" };
import { holds } from "./run-cluster.ts";

/** With all else that is simulated in the tests, about three minutes of one processor. */
const FRESH: readonly (readonly [count: number, profile: ProfileName])[] = [
  [40, "chaos"],
  [24, "storm"],
  [16, "wrap"],
  [24, "lossy"],
];

describe("whole clusters under a seeded scheduler", { timeout: 120_000 }, () => {
  it("keep order, virtual synchrony and liveness under every fault", async () => {
    for (let seed = 1; seed <= 8; seed++) await holds(seed, "chaos", 15, 2 + (seed % 5));
  });

  it("keep them on a network that loses, repeats, delays and damages packets", async () => {
    for (let seed = 1; seed <= 3; seed++) await holds(seed, "lossy", 10);
  });

  it.each(FRESH)("keep them under %i seeds of %s that nobody tried before", async (count, profile) => {
    const first = Date.now() >>> 0;
    for (let i = 0; i < count; i++) await holds((first + i) >>> 0, profile, 15, 2 + (i % 8));
  });

  it("keep them under the seeds that ever failed", async () => {
    for (const { seed, profile, seconds, nodes } of failedSeeds)
      await holds(seed, profile as ProfileName, seconds, nodes);
  });

  it("keep them while all sequence numbers wrap", async () => {
    for (let seed = 1; seed <= 4; seed++) await holds(seed, "wrap", 12, 2 + (seed % 5));
  });

  it("keep them under a load of messages of up to 1 MiB from processes that come and go", async () => {
    await holds(1, "heavy", 5);
  });
});
