/** What is done to hosts, and undone when its time is over. Host numbers count from 1. */
export type Fault =
  /** SIGKILL to the daemons; they are started again at the end. */
  | { readonly kind: "kill"; readonly hosts: readonly number[] }
  /** SIGTERM to the daemons; they are started again at the end. */
  | { readonly kind: "leave"; readonly hosts: readonly number[] }
  /** SIGSTOP to the daemons, SIGCONT at the end. */
  | { readonly kind: "pause"; readonly hosts: readonly number[] }
  /** The parts do not hear each other. */
  | { readonly kind: "cut"; readonly parts: readonly (readonly number[])[] }
  /** A fraction of what arrives at the hosts is lost. */
  | { readonly kind: "loss"; readonly hosts: readonly number[]; readonly fraction: number };

export interface ScheduledFault {
  readonly fault: Fault;
  /** From the start of the run. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly hostCount: number;
  readonly durationMs: number;
  readonly tokenTimeoutMs: number;
}

/** Lengths as multiples of the token timeout, shortest and longest. */
const LENGTHS: Readonly<Record<Fault["kind"], readonly [number, number]>> = {
  kill: [0.2, 4],
  leave: [0.2, 3],
  pause: [0.1, 2],
  cut: [0.5, 5],
  loss: [1, 6],
};
const REST: readonly [number, number] = [0, 4];
const FRACTION: readonly [number, number] = [0.02, 0.25];

/** Faults that go on beside each other; those of each list come one after the other. */
export interface FaultSchedule {
  readonly processes: readonly ScheduledFault[];
  readonly network: readonly ScheduledFault[];
}

/** A schedule whose faults are over when the run is. The same options give the same schedule. */
export function faultSchedule(options: ScheduleOptions): FaultSchedule {
  return {
    processes: track(options, new Draws(options.seed), processFault),
    network: track(options, new Draws(~options.seed), networkFault),
  };
}

function track(
  { hostCount, durationMs, tokenTimeoutMs }: ScheduleOptions,
  draws: Draws,
  next: (draws: Draws, hosts: number[]) => Fault,
): ScheduledFault[] {
  const faults: ScheduledFault[] = [];
  const length = (range: readonly [number, number]) => Math.round(draws.between(range) * tokenTimeoutMs);
  let time = 0;
  for (;;) {
    const hosts = draws.shuffled(Array.from({ length: hostCount }, (_, index) => index + 1));
    const fault = next(draws, hosts);
    const startMs = time + length(REST);
    time = startMs + length(LENGTHS[fault.kind]);
    if (time > durationMs) return faults;
    faults.push({ fault, startMs, endMs: time });
  }
}

/** @param hosts all of them in random order */
function processFault(draws: Draws, hosts: number[]): Fault {
  const draw = draws.next();
  const victims = hosts.slice(0, draws.next() < 0.25 ? 2 : 1);
  if (draw < 0.4) return { kind: "kill", hosts: victims };
  if (draw < 0.55) return { kind: "leave", hosts: victims };
  return { kind: "pause", hosts: victims };
}

function networkFault(draws: Draws, hosts: number[]): Fault {
  if (draws.next() < 0.5) {
    const fraction = Math.round(draws.between(FRACTION) * 100) / 100;
    return { kind: "loss", hosts: hosts.slice(0, draws.upTo(hosts.length)), fraction };
  }
  const first = draws.upTo(hosts.length - 1);
  const parts = [hosts.slice(0, first), hosts.slice(first)];
  const [, rest = []] = parts;
  if (rest.length > 1 && draws.next() < 0.3) parts.splice(1, 1, rest.slice(0, 1), rest.slice(1));
  return { kind: "cut", parts };
}

export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "cut":
      return `cut ${fault.parts.map((part) => part.join(",")).join(" | ")}`;
    case "loss":
      return `lose ${fault.fraction} at ${fault.hosts.join(",")}`;
    default:
      return `${fault.kind} ${fault.hosts.join(",")}`;
  }
}

/** Random numbers from a seed (mulberry32). */
class Draws {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let z = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  }

  between([low, high]: readonly [number, number]): number {
    return low + this.next() * (high - low);
  }

  /** A whole number from 1 to `max`. */
  upTo(max: number): number {
    return 1 + Math.floor(this.next() * max);
  }

  shuffled<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}
