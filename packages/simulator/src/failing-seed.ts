import type { Fault } from "./fault.ts";
import { shrinkFaults } from "./shrink.ts";
import { runSimulation, type SimulationOptions, type SimulationResult } from "./simulation.ts";
import { Violation } from "./violation.ts";

const SHRINK_ATTEMPTS = 150;
const HOUR_MS = 3_600_000;

export interface Shrunk {
  readonly faults: readonly Fault[];
  readonly hours: number;
  readonly result: SimulationResult;
}

/** Looks for fewer faults and a shorter run that break the same property. */
export async function shrinkFailure(
  options: SimulationOptions,
  hours: number,
  failed: SimulationResult,
): Promise<Shrunk> {
  let shortest = { faults: failed.faults, hours, result: failed };
  const property = propertyOf(failed.violation);
  const tries = async (faults: readonly Fault[], length: number): Promise<boolean> => {
    // Computed from hours as the command line does it, so that the command gives the same run.
    const result = await runSimulation({ ...quiet(options), faults, durationMs: length * HOUR_MS });
    if (propertyOf(result.violation) !== property) return false;
    shortest = { faults, hours: length, result };
    return true;
  };
  // What comes after the failure is of no use.
  if (failed.virtualMs < hours * HOUR_MS)
    await tries(
      failed.faults.filter(({ atMs }) => atMs <= failed.virtualMs),
      Math.max(0.0001, Math.ceil((failed.virtualMs / HOUR_MS) * 1e5) / 1e5),
    );
  await shrinkFaults(shortest.faults, (faults) => tries(faults, shortest.hours), SHRINK_ATTEMPTS);
  return shortest;
}

function quiet(options: SimulationOptions): SimulationOptions {
  const { reader: _, ...rest } = options;
  return rest;
}

/** What tells one failure from another. */
function propertyOf(violation: Error | null): string {
  if (violation === null) return "none";
  return violation instanceof Violation ? violation.property : violation.message;
}
