import type { Fault } from "./fault.ts";

/** Whether a run with these faults still fails in the same way. */
export type StillFails = (faults: readonly Fault[]) => Promise<boolean>;

/**
 * Looks for a short schedule that still fails: leaves out ever smaller runs of faults as long as
 * `stillFails` says so, then rounds the times of what is left. What comes out fails; nothing promises
 * that it is the shortest.
 *
 * @param attempts how often `stillFails` may be asked
 */
export async function shrinkFaults(
  faults: readonly Fault[],
  stillFails: StillFails,
  attempts: number,
): Promise<readonly Fault[]> {
  let left = attempts;
  const asked: StillFails = (candidate) => {
    left--;
    return stillFails(candidate);
  };
  let current = await leaveOut(faults, asked, () => left > 0);
  for (const digits of [0, 1, 3]) {
    const rounded = current.map((fault) => roundFault(fault, digits));
    if (left <= 0 || JSON.stringify(rounded) === JSON.stringify(current)) break;
    if (await asked(rounded)) {
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
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < current.length && mayAsk(); ) {
      const candidate = [...current.slice(0, at), ...current.slice(at + size)];
      if (await stillFails(candidate)) current = candidate;
      else at += size;
    }
  }
  return current;
}

/** The numbers of a fault with so many digits behind the point; probabilities and rates keep three. */
function roundFault(fault: Fault, digits: number): Fault {
  const rounded = Object.entries(fault).map(([name, value]) => [
    name,
    typeof value === "number" ? Number(value.toFixed(name.endsWith("Ms") ? digits : 3)) : value,
  ]);
  return Object.fromEntries(rounded) as Fault;
}
