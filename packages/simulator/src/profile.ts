import type { NetworkConditions } from "./network-conditions.ts";

/**
 * How rough a run is: everything that can be chosen but seed, nodes and length. Rates are per virtual
 * second of the whole cluster. `profile-options.ts` has the words and the limits of each.
 */
export interface Profile extends NetworkConditions {
  readonly sendFailures: number;
  readonly clockSkew: number;
  readonly clockOffsetMs: number;
  readonly packetMs: number;
  readonly partitions: number;
  readonly cuts: number;
  readonly spells: number;
  readonly pauses: number;
  readonly slowdowns: number;
  readonly clockChanges: number;
  readonly fullQueues: number;
  readonly crashes: number;
  readonly amnesia: number;
  readonly leaves: number;
  readonly load: number;
  readonly burst: number;
  readonly messageBytes: number;
  readonly churn: number;
  readonly groups: number;
  readonly processes: number;
  /** 0: Corosync's default for the cluster's size. */
  readonly tokenTimeoutMs: number;
  readonly sendJoinMs: number;
  readonly cNodes: number;
  /** 0: sequence numbers begin at 0, as C's do. */
  readonly wrapWithin: number;
}

const calm: Profile = {
  delayMs: 0.2,
  jitterMs: 0.1,
  loss: 0,
  duplication: 0,
  reordering: 0,
  corruption: 0,
  sendFailures: 0,
  clockSkew: 0,
  clockOffsetMs: 0,
  packetMs: 0,
  partitions: 0,
  cuts: 0,
  spells: 0,
  pauses: 0,
  slowdowns: 0,
  clockChanges: 0,
  fullQueues: 0,
  crashes: 0,
  amnesia: 0,
  leaves: 0,
  load: 5,
  burst: 4,
  messageBytes: 2000,
  churn: 0.05,
  groups: 3,
  processes: 3,
  tokenTimeoutMs: 0,
  sendJoinMs: 0,
  cNodes: 0,
  wrapWithin: 0,
};

const chaos: Profile = {
  ...calm,
  jitterMs: 0.8,
  loss: 0.01,
  duplication: 0.01,
  reordering: 0.02,
  corruption: 0.003,
  sendFailures: 0.002,
  clockSkew: 0.05,
  clockOffsetMs: 1e6,
  partitions: 0.3,
  cuts: 0.15,
  spells: 0.15,
  pauses: 0.15,
  slowdowns: 0.06,
  clockChanges: 0.06,
  fullQueues: 0.1,
  crashes: 0.15,
  amnesia: 0.2,
  leaves: 0.08,
  load: 80,
  burst: 40,
  messageBytes: 12_000,
  churn: 0.1,
  tokenTimeoutMs: 300,
};

/** The profiles by their names. */
export const PROFILES = {
  /** A ring with an operation now and then: about 0.25 messages a second. */
  idle: { ...calm, load: 0.1 },
  /** A moderate load, nothing goes wrong: about 12 messages a second in 5 bursts. */
  calm,
  /** As much as the ring takes at times, processes that come and go, messages of up to 1 MiB. */
  heavy: {
    ...calm,
    load: 100,
    burst: 60,
    messageBytes: 1_048_576,
    churn: 0.2,
    groups: 12,
    processes: 6,
    tokenTimeoutMs: 1000,
  },
  /** Packets suffer, nodes stay. */
  lossy: {
    ...calm,
    jitterMs: 1,
    loss: 0.03,
    duplication: 0.02,
    reordering: 0.03,
    corruption: 0.01,
    load: 60,
    burst: 40,
    messageBytes: 20_000,
    tokenTimeoutMs: 400,
  },
  /** Every fault at once. */
  chaos,
  /** Faults upon faults, and processes that come and go all the time. */
  storm: {
    ...chaos,
    loss: 0.03,
    partitions: 1,
    cuts: 0.4,
    pauses: 0.4,
    fullQueues: 0.5,
    crashes: 0.3,
    load: 250,
    burst: 12,
    churn: 0.4,
    processes: 6,
  },
  /** Chaos with all sequence numbers close to 2^32, so that they wrap again and again. */
  wrap: { ...chaos, wrapWithin: 300 },
} as const satisfies Record<string, Profile>;

/** One of `PROFILES`. */
export type ProfileName = keyof typeof PROFILES;

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name);
}
