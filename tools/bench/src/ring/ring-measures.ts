import type { Lab } from "@corosync/lab";
import { median } from "../comparison.ts";
import { type Contender, RingCluster } from "./ring-cluster.ts";

/** What is measured in every round, in milliseconds, in the order of the table. */
export const MEASURES = {
  formation: "all start: from the last one up to the ring of all",
  whole: "all start: from the start of the processes",
  join: "one joins: from its interface up to the ring of all",
  failover: "one is killed: to the ring of the others",
  leave: "one is told to end: to the ring of the others",
  latency: "a message on an idle ring, back at its sender",
  idleRotation: "token rotation after a single message",
  loadedRotation: "token rotation, one client sending",
  fullRotation: "token rotation, clients on all nodes sending",
} as const;

export type Measure = keyof typeof MEASURES;

export interface RingSample {
  readonly milliseconds: Partial<Record<Measure, number>>;
  /** Rings formed while nothing but load should have gone on. */
  readonly lostRings: number;
}

export interface RoundSettings {
  readonly tokenTimeoutMs: number;
  /** Of the messages that load the ring. */
  readonly sizeBytes: number;
  /** Seconds of load that count. */
  readonly seconds: number;
  /** Largest cluster with clients on all nodes. */
  readonly fullLoadNodes: number;
}

const SINGLE_MESSAGES = 5;
/** Of a node, in each way, in each round. */
const LOSSES = 3;
/** Longer than the rotations after a message and the hold that follows. */
const SINGLE_PAUSE_MS = 1000;

/** A cluster from its start to its end, with everything that is measured. */
export async function measureRound(
  lab: Lab,
  contender: Contender,
  { tokenTimeoutMs, sizeBytes, seconds, fullLoadNodes }: RoundSettings,
): Promise<RingSample> {
  await using cluster = new RingCluster(lab, contender, tokenTimeoutMs);
  const { startedMs, upMs, formedMs } = await cluster.startAll();
  await cluster.rest();

  const ringsBefore = cluster.ringCount;
  const loadedRotation = await cluster.loaded(1, sizeBytes, seconds);
  const nodeCount = lab.hosts.length;
  const fullRotation =
    nodeCount <= fullLoadNodes ? await cluster.loaded(nodeCount, sizeBytes, seconds) : undefined;
  // After the load: the compiler of a young daemon has not yet seen its token path.
  const idle = await cluster.idle(SINGLE_MESSAGES, SINGLE_PAUSE_MS);
  const lostRings = cluster.ringCount - ringsBefore;

  const failover: number[] = [];
  const leave: number[] = [];
  const join: number[] = [];
  for (let loss = 0; loss < LOSSES; loss++) {
    failover.push(await lossOfLast(cluster, "SIGKILL"));
    join.push(await returnOfLast(cluster));
    leave.push(await lossOfLast(cluster, "SIGTERM"));
    join.push(await returnOfLast(cluster));
  }
  return {
    milliseconds: {
      formation: formedMs - upMs,
      whole: formedMs - startedMs,
      join: median(join),
      failover: median(failover),
      leave: median(leave),
      ...idle,
      ...(loadedRotation !== undefined && { loadedRotation }),
      ...(fullRotation !== undefined && { fullRotation }),
    },
    lostRings,
  };
}

async function returnOfLast(cluster: RingCluster): Promise<number> {
  cluster.start(cluster.last);
  const formedMs = await cluster.formed([...cluster.others, cluster.last]);
  await cluster.rest();
  return formedMs - cluster.upMs(cluster.last);
}

async function lossOfLast(cluster: RingCluster, signal: "SIGKILL" | "SIGTERM"): Promise<number> {
  const fromMs = Date.now();
  const [, formedMs] = await Promise.all([
    cluster.node(cluster.last).kill(signal),
    cluster.formed(cluster.others),
  ]);
  await cluster.rest();
  return formedMs - fromMs;
}
