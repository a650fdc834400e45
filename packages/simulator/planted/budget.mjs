// @ts-check
/**
 * What may be tried to find one planted fault: these runs, in this order, and no others.
 *
 * @typedef {{ profile: string, seed: number, nodes: number, seconds: number }} Trial
 * @type {readonly Trial[]}
 */
export const TRIALS = [
  { profile: "chaos", seed: 1, nodes: 5, seconds: 18 },
  { profile: "storm", seed: 2, nodes: 4, seconds: 30 },
  { profile: "lossy", seed: 3, nodes: 5, seconds: 10 },
  { profile: "wrap", seed: 4, nodes: 4, seconds: 18 },
  { profile: "heavy", seed: 5, nodes: 3, seconds: 6 },
  { profile: "storm", seed: 6, nodes: 6, seconds: 30 },
  { profile: "storm", seed: 505, nodes: 4, seconds: 20 },
];

/** Seconds of CPU; the sound sources need a tenth. What takes longer never ends, which is found too. */
export const CPU_SECONDS_MAX = 200;
