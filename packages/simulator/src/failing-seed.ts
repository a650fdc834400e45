import type { Fault } from "./fault.ts";
import { shrinkFaults } from "./shrink.ts";
import { runSimulation, type SimulationOptions, type SimulationResult } from "./simulation.ts";
import { Violation } from "./violation.ts";

const HOUR_MS = 3_600_000;
/** Runs that a search may take. */
const RUNS_MAX = 300;
/** Courses of chance that a schedule is tried with: without a fault, all that follows comes otherwise. */
const NOISES = 4;

export interface Shrunk {
  readonly faults: readonly Fault[];
  readonly hours: number;
  readonly noise: number;
  readonly result: SimulationResult;
}

/**
 * Looks for fewer faults and a shorter run that break the same property.
 * @param hours length of the failed run
 */
export async function shrinkFailure(
  options: SimulationOptions,
  hours: number,
  failed: SimulationResult,
): Promise<Shrunk> {
  const { reader: _reader, ...quiet } = options;
  const property = propertyOf(failed.violation);
  let shortest: Shrunk = { faults: failed.faults, hours, noise: options.noise ?? 0, result: failed };
  // What fails at rest takes the way to it each time.
  const settles = failed.virtualMs >= hours * HOUR_MS;
  let runsLeft = RUNS_MAX;
  const fails = async (faults: readonly Fault[], length: number, noise: number): Promise<boolean> => {
    runsLeft--;
    // Computed from hours as the command line does it, so that the command gives the same run.
    const durationMs = length * HOUR_MS;
    const result = await runSimulation({ ...quiet, faults, noise, durationMs, settles });
    if (propertyOf(result.violation) !== property) return false;
    shortest = { faults, hours: length, noise, result };
    return true;
  };
  const failsSomehow = async (faults: readonly Fault[]): Promise<boolean> => {
    const first = shortest.noise;
    if (await fails(faults, shortest.hours, first)) return true;
    for (let noise = 0; noise < NOISES && runsLeft > 0; noise++)
      if (noise !== first && (await fails(faults, shortest.hours, noise))) return true;
    return false;
  };
  const endToFailure = async (): Promise<void> => {
    const { faults, result, noise } = shortest;
    const length = Math.max(0.0001, Math.ceil((result.virtualMs / HOUR_MS) * 1e5) / 1e5);
    const before = faults.filter(({ atMs }) => atMs <= result.virtualMs);
    // What comes after the failure is of no use.
    if (length < shortest.hours) await fails(before, length, noise);
  };
  await endToFailure();
  await shrinkFaults(shortest.faults, failsSomehow, () => runsLeft > 0);
  await endToFailure();
  return shortest;
}

/** What tells one failure from another. */
function propertyOf(violation: Error | null): string {
  if (violation === null) return "none";
  return violation instanceof Violation ? violation.property : violation.message;
}
