import { describe, expect, it } from "vitest";
import { lockMemory } from "./memory-lock.ts";

function lock(lifts: boolean, locks: boolean): string[] {
  const lines: string[] = [];
  const refuse = (code: string, errno: number) => {
    throw Object.assign(new Error(code), { code, errno: -errno });
  };
  lockMemory(
    {
      liftMemoryLockLimit: () => (lifts ? undefined : refuse("EPERM", 1)),
      lockProgramMemory: () => (locks ? 50 * 1024 * 1024 : refuse("ENOMEM", 12)),
    },
    (level, text) => lines.push(`${level} ${text}`),
  );
  return lines;
}

describe("lockMemory", () => {
  it("says what is locked", () => {
    const line = "info Locked 50 MiB of program memory; only swap can take the heap (MemorySwapMax=0).";
    expect(lock(true, true)).toEqual([line]);
    // The limit need not be lifted by a process that may pass it.
    expect(lock(false, true)).toEqual([line]);
  });

  it("says what was refused, in the C daemon's words", () => {
    expect(lock(false, false)).toEqual([
      "warning Could not increase RLIMIT_MEMLOCK, not locking memory: Operation not permitted (1)",
    ]);
    expect(lock(true, false)).toEqual([
      "warning Could not lock memory of service to avoid page faults: Cannot allocate memory (12)",
    ]);
  });
});
