import type { Lab } from "@corosync/lab";
import { type Contender, RingCluster } from "./ring-cluster.ts";

/** What is measured in every round, in milliseconds, in the order of the table. */
export const MEASURES = {
  formation: "all start: from the last one up to the ring of all",
  whole: "all start: from the start of the processes",
  join: "one joins: from its interface up to the ring of all",
  failover: "one is killed: to the ring of the others",
  leave: "one is told to end: to the ring of the others",
  latency: "a message on an idle ring, back at its sender",
  idleRotation: "token rotation after it",
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
  const idle = await cluster.idle(SINGLE_MESSAGES, SINGLE_PAUSE_MS);
  const loadedRotation = await cluster.loaded(1, sizeBytes, seconds);
  const nodeCount = lab.hosts.length;
  const full =
    nodeCount <= fullLoadNodes ? { fullRotation: await cluster.loaded(nodeCount, sizeBytes, seconds) } : {};
  await cluster.rest();
  const lostRings = cluster.ringCount - ringsBefore;

  const failover = await lossOfLast(cluster, "SIGKILL");
  cluster.start(cluster.last);
  const join = (await cluster.formed([...cluster.others, cluster.last])) - cluster.upMs(cluster.last);
  await cluster.rest();
  const leave = await lossOfLast(cluster, "SIGTERM");
  return {
    milliseconds: {
      formation: formedMs - upMs,
      whole: formedMs - startedMs,
      join,
      failover,
      leave,
      latency: idle.latencyMs,
      idleRotation: idle.rotationMs,
      loadedRotation,
      ...full,
    },
    lostRings,
  };
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
