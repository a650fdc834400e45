import { totemConfig } from "@corosync/totem";
import { Cluster } from "./cluster.ts";
import { ClusterChecks } from "./cluster-checks.ts";
import { FaultInjector } from "./fault-injector.ts";
import { drawFaults, type Fault } from "./fault-schedule.ts";
import { Network } from "./network.ts";
import type { Profile } from "./profile.ts";
import { Scheduler } from "./scheduler.ts";
import { SeededRandom } from "./seeded-random.ts";
import { settle } from "./settlement.ts";
import { Trace } from "./trace.ts";
import { Workload } from "./workload.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly nodeCount: number;
  readonly durationMs: number;
  readonly profile: Profile;
  /** Instead of those that the seed gives. */
  readonly faults?: readonly Fault[];
  /** Gets a line for every event. */
  readonly print?: (line: string) => void;
}

export interface SimulationResult {
  readonly traceHash: string;
  /** What was not kept; null when all was. */
  readonly violation: Error | null;
  readonly faults: readonly Fault[];
  readonly virtualMs: number;
  readonly packets: number;
  readonly deliveries: number;
  readonly configurations: number;
}

/** Runs a cluster and checks it; the same options give the same result. */
export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, nodeCount, durationMs, profile } = options;
  const nodeIds = Array.from({ length: nodeCount }, (_, i) => i + 1);
  // Sources of their own: leaving out a fault changes as little else as possible.
  const faults = options.faults ?? drawFaults(new SeededRandom(seed ^ 0x5eed), profile, nodeIds, durationMs);
  const scheduler = new Scheduler();
  const network = new Network(scheduler.queue, new SeededRandom(seed ^ 0x4e7), profile);
  const checks = new ClusterChecks();
  const trace = new Trace(options.print ?? null);
  const random = new SeededRandom(seed);
  const { clockSkew, tokenTimeoutMs } = profile;
  const config = totemConfig(nodeCount, {
    tokenWarningPercent: 0,
    ...(tokenTimeoutMs === 0 ? {} : { tokenTimeoutMs }),
  });
  const cluster = new Cluster({ scheduler, network, checks, trace, random, nodeIds, config, clockSkew });
  const injector = new FaultInjector(cluster, profile);
  const workload = new Workload(cluster, profile, random);
  let violation: Error | null = null;
  try {
    for (const id of nodeIds) await cluster.start(id);
    injector.start(faults);
    workload.start();
    await scheduler.runUntil(durationMs);
    injector.end();
    workload.end();
    await settle(cluster);
  } catch (error) {
    violation = error as Error;
  }
  return {
    traceHash: trace.hash,
    violation,
    faults,
    virtualMs: scheduler.nowMs,
    packets: network.packets,
    deliveries: checks.deliveries,
    configurations: checks.configurations,
  };
}
