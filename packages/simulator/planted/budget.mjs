// @ts-check
/**
 * What may be tried to find one planted fault: these runs, in this order, and no others.
 *
 * @typedef {{ profile: string, seed: number, nodes: number, seconds: number }} Trial
 * @type {readonly Trial[]}
 */
export const TRIALS = [
  { profile: "chaos", seed: 1, nodes: 5, seconds: 18 },
  { profile: "wrap", seed: 2, nodes: 4, seconds: 18 },
  { profile: "lossy", seed: 3, nodes: 5, seconds: 12 },
  { profile: "chaos", seed: 4, nodes: 3, seconds: 30 },
];

/** A fault after which a trial takes longer hangs the cluster, which is found too. */
export const TRIAL_TIMEOUT_MS = 60_000;
