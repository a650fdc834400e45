import type { Fault } from "./fault.ts";

/** Whether a run with these faults still fails in the same way. */
export type StillFails = (faults: readonly Fault[]) => Promise<boolean>;

/**
 * Looks for a short schedule that still fails: leaves out ever smaller runs of faults as long as
 * `stillFails` says so, then rounds the times of what is left. What comes out fails; nothing promises
 * that it is the shortest.
 *
 * @param mayAsk whether `stillFails` may be asked once more
 */
export async function shrinkFaults(
  faults: readonly Fault[],
  stillFails: StillFails,
  mayAsk: () => boolean,
): Promise<readonly Fault[]> {
  let current = await leaveOut(faults, stillFails, mayAsk);
  for (const digits of [0, 1, 3]) {
    const rounded = current.map((fault) => roundFault(fault, digits));
    if (!mayAsk() || JSON.stringify(rounded) === JSON.stringify(current)) break;
    if (await stillFails(rounded)) {
      current = rounded;
      break;
    }
  }
  return current;
}

async function leaveOut(
  faults: readonly Fault[],
  stillFails: StillFails,
  mayAsk: () => boolean,
): Promise<readonly Fault[]> {
  let current = faults;
  // Many failures need no fault at all.
  if (current.length > 1 && mayAsk() && (await stillFails([]))) return [];
  // What could not be left out at first may be of no use once others are gone.
  for (let before = Number.POSITIVE_INFINITY; current.length < before && mayAsk(); ) {
    before = current.length;
    for (const size of halvings(before)) current = await leaveOutRuns(current, size, stillFails, mayAsk);
  }
  return current;
}

async function leaveOutRuns(
  faults: readonly Fault[],
  size: number,
  stillFails: StillFails,
  mayAsk: () => boolean,
): Promise<readonly Fault[]> {
  let current = faults;
  for (let at = 0; at < current.length && mayAsk(); ) {
    const candidate = [...current.slice(0, at), ...current.slice(at + size)];
    if (await stillFails(candidate)) current = candidate;
    else at += size;
  }
  return current;
}

/** Half of a length, half of that, and so on down to 1. */
function halvings(length: number): number[] {
  const sizes: number[] = [];
  for (let size = Math.ceil(length / 2); size > 1; size = Math.ceil(size / 2)) sizes.push(size);
  return [...sizes, 1];
}

/** The numbers of a fault with so many digits behind the point; probabilities and rates keep three. */
function roundFault(fault: Fault, digits: number): Fault {
  const rounded = Object.entries(fault).map(([name, value]) => [
    name,
    typeof value === "number" ? Number(value.toFixed(name.endsWith("Ms") ? digits : 3)) : value,
  ]);
  return Object.fromEntries(rounded) as Fault;
}
