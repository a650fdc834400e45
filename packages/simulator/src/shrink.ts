import type { Fault } from "./fault-schedule.ts";

/**
 * Looks for a short schedule that still fails: leaves out ever smaller runs of faults as long as `fails`
 * says so. What comes out fails; nothing promises that it is the shortest.
 *
 * @param attempts how often `fails` may be asked
 */
export async function shrinkFaults(
  faults: readonly Fault[],
  fails: (faults: readonly Fault[]) => Promise<boolean>,
  attempts: number,
): Promise<readonly Fault[]> {
  let current = faults;
  let left = attempts;
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < current.length && left > 0; ) {
      const candidate = [...current.slice(0, at), ...current.slice(at + size)];
      left--;
      if (await fails(candidate)) current = candidate;
      else at += size;
    }
  }
  return current;
}
