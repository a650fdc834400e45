import { strerrorWithNumber } from "@corosync/errno";
import type { Native } from "@corosync/native";
import type { SubsystemLog } from "./logging/log-system.ts";

/**
 * Keeps the program in memory, so that no packet waits for a disk (spec config 10.5). JavaScript's heap
 * cannot be locked, see `lockProgramMemory`.
 */
export function lockMemory(
  native: Pick<Native, "liftMemoryLockLimit" | "lockProgramMemory">,
  log: SubsystemLog,
): void {
  const lifting = failure(() => native.liftMemoryLockLimit());
  let lockedBytes = 0;
  // Who may lock memory without a limit need not be allowed to lift it.
  const locking = failure(() => {
    lockedBytes = native.lockProgramMemory();
  });
  if (locking === null) {
    const mebibytes = Math.round(lockedBytes / 1024 / 1024);
    log("info", `Locked ${mebibytes} MiB of program memory; only swap can take the heap (MemorySwapMax=0).`);
  } else if (lifting !== null) {
    log("warning", `Could not increase RLIMIT_MEMLOCK, not locking memory: ${strerrorWithNumber(lifting)}`);
  } else {
    const reason = strerrorWithNumber(locking);
    log("warning", `Could not lock memory of service to avoid page faults: ${reason}`);
  }
}

function failure(action: () => void): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}
