import { expect } from "vitest";
import {
  type Fault,
  PROFILES,
  type Profile,
  type ProfileName,
  runSimulation,
  type SimulationOptions,
  type SimulationResult,
} from "../src/index.ts";

/** A cluster with a fast token, a lively load and nothing wrong, for faults one at a time. */
export const LIVELY: Profile = { ...PROFILES.calm, load: 40, burst: 10, tokenTimeoutMs: 300 };

export interface ClusterRun extends Partial<SimulationOptions> {
  readonly change?: Partial<Profile>;
  readonly seconds?: number;
  readonly faults?: readonly Fault[];
}

/** Runs a cluster that must keep every promise. */
export async function keeps({ change = {}, seconds = 8, ...options }: ClusterRun): Promise<SimulationResult> {
  const result = await runSimulation({
    seed: 1,
    nodeCount: 5,
    durationMs: seconds * 1000,
    profile: { ...LIVELY, ...change },
    ...options,
  });
  expect(result.violation).toBeNull();
  return result;
}

/** Runs a seed of a profile; names the command that replays it when it fails. */
export async function holds(
  seed: number,
  profile: ProfileName,
  seconds: number,
  nodeCount = 5,
): Promise<SimulationResult> {
  const durationMs = seconds * 1000;
  const result = await runSimulation({ seed, nodeCount, durationMs, profile: PROFILES[profile] });
  const hours = seconds / 3600;
  const replay = `npm run simulate -- --seed ${seed} --nodes ${nodeCount} --hours ${hours} --profile ${profile}`;
  expect(result.violation, replay).toBeNull();
  return result;
}
