import type { Profile } from "./profile.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** One fault of a run, made before it begins, so that a run can be repeated without some of them. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: "partition"; readonly side: readonly number[] }
  | { readonly kind: "scatter" }
  | { readonly kind: "heal" }
  | { readonly kind: "cut"; readonly from: number; readonly to: number; readonly forMs: number }
  | { readonly kind: "pause"; readonly node: number; readonly forMs: number }
  | { readonly kind: "slow"; readonly node: number; readonly packetMs: number; readonly forMs: number }
  | { readonly kind: "crash"; readonly node: number; readonly forMs: number; readonly forgets: boolean }
  | { readonly kind: "leave"; readonly node: number; readonly forMs: number }
  | { readonly kind: "loss"; readonly loss: number; readonly forMs: number }
);

/** Draws the faults of a run. The last tenth of it is left for partitions to heal. */
export function drawFaults(
  random: SeededRandom,
  profile: Profile,
  nodeIds: readonly number[],
  durationMs: number,
): Fault[] {
  const faults: Fault[] = [];
  if (profile.faultsPerSecond === 0) return faults;
  const meanMs = 1000 / profile.faultsPerSecond;
  for (let atMs = 2000; ; ) {
    // Short and long gaps alike: some faults hit the recovery from the one before.
    atMs += random.chance(0.3) ? random.next() * 60 : -Math.log(1 - random.next()) * meanMs;
    if (atMs >= durationMs) return faults;
    faults.push(drawFault(random, nodeIds, atMs));
  }
}

function drawFault(random: SeededRandom, nodeIds: readonly number[], atMs: number): Fault {
  const node = random.pick(nodeIds);
  const forMs = random.next() * 1500;
  const dice = random.next();
  if (dice < 0.2) return { atMs, kind: "partition", side: nodeIds.filter(() => random.chance(0.5)) };
  if (dice < 0.25) return { atMs, kind: "scatter" };
  if (dice < 0.45) return { atMs, kind: "heal" };
  if (dice < 0.55) return { atMs, kind: "cut", from: node, to: random.pick(nodeIds), forMs };
  if (dice < 0.65) return { atMs, kind: "pause", node, forMs: forMs / 2 };
  if (dice < 0.7) return { atMs, kind: "slow", node, packetMs: random.next() * 8, forMs };
  if (dice < 0.82) return { atMs, kind: "crash", node, forMs, forgets: random.chance(0.2) };
  if (dice < 0.88) return { atMs, kind: "leave", node, forMs };
  return { atMs, kind: "loss", loss: random.next() * 0.3, forMs };
}

export function describeFault(fault: Fault): string {
  const { kind, atMs, ...rest } = fault;
  const details = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === "number" ? Number(value.toFixed(3)) : String(value)}`,
  );
  return `${(atMs / 1000).toFixed(6).padStart(12)}  ${kind.padEnd(9)}  ${details.join("  ")}`;
}
