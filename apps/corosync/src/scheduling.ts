import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { SystemSettings } from "@corosync/config";
import { strerrorWithNumber } from "@corosync/errno";
import type { Native } from "@corosync/native";
import type { SubsystemLog } from "./logging/log-system.ts";

type Scheduling = Pick<SystemSettings, "realtimeScheduling" | "priority" | "moveToRootCgroup">;

/** What sets the priority of a process. */
export interface SchedulingCalls {
  /** Null where the machine or the installation has no native calls. */
  readonly native: Pick<Native, "maxRealtimePriority" | "setRealtimePriority"> | null;
  /** Changes the nice value of this process; throws when it may not. */
  readonly setNice: (nice: number) => void;
  /** Whether who started this process has given it a real-time priority, as a systemd unit can. */
  readonly isRealtime: boolean;
  readonly moveToRootCgroup: (log: SubsystemLog) => void;
}

/**
 * Sets the process's priority as the configuration asks (spec config 10.5): real-time scheduling unless
 * it is switched off, the highest nice priority where the system refuses that. Never fatal.
 */
export function applyScheduling(scheduling: Scheduling, calls: SchedulingCalls, log: SubsystemLog): void {
  const { moveToRootCgroup: move, realtimeScheduling } = scheduling;
  if (move === "yes") calls.moveToRootCgroup(log);
  if (realtimeScheduling && calls.native !== null) {
    if (setRealtime(calls.native, move === "auto" ? null : log)) return;
    // Some kernels give real-time only to the root cgroup.
    if (move === "auto") {
      calls.moveToRootCgroup(log);
      if (setRealtime(calls.native, log)) return;
    }
  }
  const nice = niceValue(scheduling);
  if (nice === null || (realtimeScheduling && calls.isRealtime)) return;
  try {
    calls.setNice(nice);
  } catch (error) {
    log("warning", `Could not set priority ${nice}: ${strerrorWithNumber(error)}`);
  }
}

/** Whether this process is under a real-time scheduler, SCHED_FIFO or SCHED_RR; false without /proc. */
export function runsInRealtime(): boolean {
  try {
    // Behind the name in parentheses, which may hold anything, the policy is the 39th field.
    const status = readFileSync("/proc/self/stat", "latin1");
    const policy = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[38]) & 7;
    return policy === 1 || policy === 2;
  } catch {
    return false;
  }
}

/** Node's part of the calls. */
export const setNice: SchedulingCalls["setNice"] = (nice) => setPriority(nice);

function setRealtime(native: NonNullable<SchedulingCalls["native"]>, log: SubsystemLog | null): boolean {
  const priority = native.maxRealtimePriority;
  try {
    native.setRealtimePriority(priority);
    return true;
  } catch (error) {
    log?.("warning", `Could not set SCHED_RR at priority ${priority}: ${strerrorWithNumber(error)}`);
    return false;
  }
}

/** C falls back to the highest priority when it gets no real-time scheduling. */
function niceValue({ realtimeScheduling, priority }: Scheduling): number | null {
  const { PRIORITY_HIGHEST, PRIORITY_LOW } = constants.priority;
  if (realtimeScheduling || priority === "max") return PRIORITY_HIGHEST;
  if (priority === "min") return PRIORITY_LOW;
  if (priority === null) return null;
  return Math.max(PRIORITY_HIGHEST, Math.min(PRIORITY_LOW, priority));
}
