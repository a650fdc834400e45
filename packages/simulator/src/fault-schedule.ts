import type { Fault, FaultKind } from "./fault.ts";
import type { Profile } from "./profile.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Before this the first ring forms. */
const FIRST_FAULT_MS = 2000;

type Draw = (random: SeededRandom, ids: readonly number[], atMs: number, tokenMs: number) => Fault;

/** How a fault of each kind is drawn. Durations grow with the token timeout, in which a ring notices. */
const DRAWS: Record<FaultKind, Draw> = {
  partition: (random, ids, atMs, tokenMs) => ({
    kind: "partition",
    atMs,
    sides: random.chance(0.2) ? ids.map((id) => [id]) : [ids.filter(() => random.chance(0.5))],
    forMs: random.exponential(4 * tokenMs),
  }),
  cut: (random, ids, atMs, tokenMs) => {
    const from = random.pick(ids);
    const others = ids.filter((id) => id !== from);
    const to = random.chance(0.5) ? others : others.filter(() => random.chance(0.4));
    const sides = random.chance(0.5) ? { from: [from], to } : { from: to, to: [from] };
    return { kind: "cut", atMs, ...sides, forMs: random.next() * 5 * tokenMs };
  },
  network: (random, _ids, atMs, tokenMs) => {
    const forMs = random.next() * 5 * tokenMs;
    const conditions = random.pick([
      { loss: random.next() * 0.3 },
      { delayMs: random.next() * 0.05 * tokenMs, jitterMs: random.next() * 0.05 * tokenMs },
      { duplication: random.next() * 0.5, reordering: random.next() * 0.5 },
      { corruption: random.next() * 0.3 },
    ]);
    return { kind: "network", atMs, ...conditions, forMs };
  },
  pause: (random, ids, atMs, tokenMs) => ({
    kind: "pause",
    atMs,
    node: random.pick(ids),
    // Some are noticed by nobody, some by everybody.
    forMs: random.next() * (random.chance(0.5) ? 0.8 : 3) * tokenMs,
  }),
  slow: (random, ids, atMs, tokenMs) => ({
    kind: "slow",
    atMs,
    node: random.pick(ids),
    packetMs: random.next() * 8,
    forMs: random.next() * 5 * tokenMs,
  }),
  clock: (random, ids, atMs, tokenMs) => ({
    kind: "clock",
    atMs,
    node: random.pick(ids),
    rate: 0.9 + random.next() * 0.2,
    forMs: random.next() * 10 * tokenMs,
  }),
  full: (random, ids, atMs, tokenMs) => ({
    kind: "full",
    atMs,
    node: random.pick(ids),
    refuses: random.chance(0.5),
    forMs: random.next() * 2 * tokenMs,
  }),
  crash: (random, ids, atMs, tokenMs) => ({
    kind: "crash",
    atMs,
    node: random.pick(ids),
    forgets: false,
    forMs: random.next() * 5 * tokenMs,
  }),
  leave: (random, ids, atMs, tokenMs) => ({
    kind: "leave",
    atMs,
    node: random.pick(ids),
    forMs: random.next() * 5 * tokenMs,
  }),
};

/** Draws the faults of a run from the rates of a profile. */
export function drawFaults(
  random: SeededRandom,
  profile: Profile,
  nodeIds: readonly number[],
  durationMs: number,
  tokenTimeoutMs: number,
): Fault[] {
  const rates: readonly (readonly [FaultKind, number])[] = [
    ["partition", profile.partitions],
    ["cut", profile.cuts],
    ["network", profile.spells],
    ["pause", profile.pauses],
    ["slow", profile.slowdowns],
    ["clock", profile.clockChanges],
    ["full", profile.fullQueues],
    ["crash", profile.crashes],
    ["leave", profile.leaves],
  ];
  const sum = rates.reduce((total, [, rate]) => total + rate, 0);
  const faults: Fault[] = [];
  if (sum === 0) return faults;
  for (let atMs = FIRST_FAULT_MS; ; ) {
    // Short and long gaps alike: some faults hit the recovery from the one before.
    atMs += random.chance(0.3)
      ? random.next() * 0.2 * tokenTimeoutMs
      : random.exponential(1000 / (0.7 * sum));
    if (atMs >= durationMs) return faults;
    const kind = pickKind(rates, random.next() * sum);
    const fault = DRAWS[kind](random, nodeIds, atMs, tokenTimeoutMs);
    faults.push(fault.kind === "crash" ? { ...fault, forgets: random.chance(profile.amnesia) } : fault);
  }
}

/** @param at from 0 to the sum of the rates */
function pickKind(rates: readonly (readonly [FaultKind, number])[], at: number): FaultKind {
  let left = at;
  for (const [kind, rate] of rates) {
    if (left < rate) return kind;
    left -= rate;
  }
  // Rounding may leave a little: then the last kind that happens at all.
  return rates.findLast(([, rate]) => rate > 0)![0];
}
