import { type TotemConfig, totemConfig } from "@corosync/totem";
import { Cluster } from "./cluster.ts";
import { ClusterChecks } from "./cluster-checks.ts";
import { type Counts, newCounts } from "./counts.ts";
import type { Fault } from "./fault.ts";
import { FaultInjector } from "./fault-injector.ts";
import { drawFaults } from "./fault-schedule.ts";
import { Network } from "./network.ts";
import type { Profile } from "./profile.ts";
import { Scheduler } from "./scheduler.ts";
import { SeededRandom } from "./seeded-random.ts";
import { Separation } from "./separation.ts";
import { settle } from "./settlement.ts";
import { Trace, type TraceEvent, type TraceReader } from "./trace.ts";
import { Workload } from "./workload.ts";

/** What a run is made of: the same options give the same run. */
export interface SimulationOptions {
  readonly seed: number;
  readonly nodeCount: number;
  /** Virtual time during which things happen; afterwards the cluster has to come to rest. */
  readonly durationMs: number;
  readonly profile: Profile;
  /** Instead of those that the seed gives. */
  readonly faults?: readonly Fault[];
  /** Another number is another course of chance in network and nodes, with the same faults and operations. */
  readonly noise?: number;
  /** False: ends with its duration; the cluster need not come to rest. */
  readonly settles?: boolean;
  readonly reader?: TraceReader;
  /** One more checker: is told every event, and throws what it finds wrong. */
  readonly check?: (event: TraceEvent) => void;
}

/** What came of a run. */
export interface SimulationResult {
  readonly traceHash: string;
  /** What was not kept; null when all was. */
  readonly violation: Error | null;
  readonly faults: readonly Fault[];
  readonly virtualMs: number;
  /** Events of the scheduler. */
  readonly events: number;
  /** Messages that the rings handed up, each for each node. */
  readonly deliveries: number;
  /** Regular configurations that nodes installed. */
  readonly configurations: number;
  readonly counts: Counts;
}

/** Runs a cluster and checks it; the same options give the same result. */
export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, nodeCount, durationMs, profile, noise = 0 } = options;
  const nodeIds = Array.from({ length: nodeCount }, (_, i) => i + 1);
  const counts = newCounts();
  const scheduler = new Scheduler();
  const trace = new Trace(options.reader ?? null, options.check ?? null);
  // Sources of their own: leaving out a fault changes as little else as possible.
  const source = (salt: number): SeededRandom => new SeededRandom(seed ^ salt);
  const start = firstSequences(source(0x3a9), profile);
  const config = ringConfig(nodeCount, profile, start.sequenceOrigin);
  const checks = new ClusterChecks(config, nodeCount);
  const faults =
    options.faults ?? drawFaults(source(0x5eed), profile, nodeIds, durationMs, config.tokenTimeoutMs);
  if (isSteady(profile) && faults.length === 0)
    checks.rings.tokenCopiesMin = config.tokenRetransmitsBeforeLossConst;
  const separation = new Separation();
  const network = new Network(
    scheduler.queue,
    source(0x4e7 ^ (noise << 12)),
    profile,
    separation,
    counts,
    trace,
  );
  const { firstRingSequence } = start;
  const cluster = new Cluster({
    seed: seed ^ (noise << 8),
    scheduler,
    network,
    checks,
    trace,
    counts,
    nodeIds,
    config,
    profile,
    firstRingSequence,
  });
  const injector = new FaultInjector(cluster);
  const workload = new Workload(cluster, profile, source(0));
  let violation: Error | null = null;
  try {
    for (const id of nodeIds) await cluster.start(id);
    injector.start(faults);
    workload.start();
    await scheduler.runUntil(durationMs);
    injector.end();
    workload.end();
    if (options.settles !== false) await settle(cluster);
  } catch (error) {
    violation = error as Error;
  }
  return {
    traceHash: trace.hash,
    violation,
    faults,
    virtualMs: scheduler.nowMs,
    events: scheduler.queue.events,
    deliveries: checks.deliveries,
    configurations: checks.configurations,
    counts,
  };
}

/** Where all nodes alike begin to count: at 0, or so close to 2^32 that every kind of number passes it. */
function firstSequences(random: SeededRandom, { wrapWithin }: Profile) {
  if (wrapWithin === 0) return { sequenceOrigin: 0, firstRingSequence: 0 };
  return {
    sequenceOrigin: 2 ** 32 - 1 - random.below(wrapWithin),
    // Each ring adds 4.
    firstRingSequence: 2 ** 32 - 1 - random.below(Math.min(wrapWithin, 60)),
  };
}

function ringConfig(
  nodeCount: number,
  { tokenTimeoutMs, sendJoinMs }: Profile,
  sequenceOrigin: number,
): TotemConfig {
  return totemConfig(nodeCount, {
    tokenWarningPercent: 0,
    sequenceOrigin,
    sendJoinMs,
    ...(tokenTimeoutMs === 0 ? {} : { tokenTimeoutMs }),
  });
}

/** Whether packets are all that suffers: then only a lost token may end a ring (L4). */
function isSteady(profile: Profile): boolean {
  const { partitions, cuts, spells, pauses, slowdowns, clockChanges, fullQueues, crashes, leaves } = profile;
  const sum = partitions + cuts + spells + pauses + slowdowns + clockChanges + fullQueues + crashes + leaves;
  return sum === 0 && profile.packetMs === 0;
}
