import { constants, setPriority } from "node:os";
import type { SystemSettings } from "@corosync/config";
import { systemErrorText } from "./system-error.ts";

const REALTIME_PRIORITY = 99;
const NOT_HERE = "Function not implemented (38)";

type Scheduling = Pick<SystemSettings, "realtimeScheduling" | "priority">;

/**
 * Sets the process's priority as the configuration asks (spec config 10.5). What Node cannot do, real-time
 * scheduling and locked memory, is said in the C daemon's words for systems that refuse it.
 *
 * @param set changes the nice value of this process; throws when it may not
 */
export function applyScheduling(
  scheduling: Scheduling,
  warn: (text: string) => void,
  set: (nice: number) => void = setPriority,
): void {
  const nice = niceValue(scheduling);
  if (scheduling.realtimeScheduling) {
    warn(`Could not set SCHED_RR at priority ${REALTIME_PRIORITY}: ${NOT_HERE}`);
  }
  if (nice !== null) {
    try {
      set(nice);
    } catch (error) {
      warn(`Could not set priority ${nice}: ${systemErrorText(error)}`);
    }
  }
  warn(`Could not lock memory of service to avoid page faults: ${NOT_HERE}`);
}

/** C falls back to the highest priority when it gets no real-time scheduling. */
function niceValue({ realtimeScheduling, priority }: Scheduling): number | null {
  const { PRIORITY_HIGHEST, PRIORITY_LOW } = constants.priority;
  if (realtimeScheduling || priority === "max") return PRIORITY_HIGHEST;
  if (priority === "min") return PRIORITY_LOW;
  if (priority === null) return null;
  return Math.max(PRIORITY_HIGHEST, Math.min(PRIORITY_LOW, priority));
}
