/** How rough a run is. Probabilities are per packet, rates per virtual second of the whole cluster. */
export interface Profile {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  readonly corruption: number;
  /** Scheduled faults a second: partitions, cuts, pauses, crashes, slow nodes, spells of loss. */
  readonly faultsPerSecond: number;
  /** Client operations a second. */
  readonly operationsPerSecond: number;
  /** Timers run by up to this part too fast or too slow. */
  readonly clockSkew: number;
  /** Token timeout, 0 for Corosync's default of the cluster's size. */
  readonly tokenTimeoutMs: number;
  readonly maxMessageBytes: number;
}

const calm: Profile = {
  delayMs: 0.2,
  jitterMs: 0.1,
  loss: 0,
  duplication: 0,
  reordering: 0,
  corruption: 0,
  faultsPerSecond: 0,
  operationsPerSecond: 2,
  clockSkew: 0,
  tokenTimeoutMs: 0,
  maxMessageBytes: 2000,
};

export const PROFILES = {
  /** An idle ring with a client operation now and then. */
  idle: { ...calm, operationsPerSecond: 0.1 },
  calm,
  /** Packets suffer, nodes stay. */
  lossy: {
    ...calm,
    jitterMs: 1,
    loss: 0.03,
    duplication: 0.02,
    reordering: 0.03,
    corruption: 0.01,
    operationsPerSecond: 60,
    tokenTimeoutMs: 400,
    maxMessageBytes: 20_000,
  },
  /** Everything at once. */
  chaos: {
    ...calm,
    jitterMs: 0.8,
    loss: 0.01,
    duplication: 0.01,
    reordering: 0.02,
    corruption: 0.003,
    faultsPerSecond: 1.2,
    operationsPerSecond: 80,
    clockSkew: 0.03,
    tokenTimeoutMs: 300,
    maxMessageBytes: 12_000,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name);
}
