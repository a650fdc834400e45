import { readdirSync, readFileSync } from "node:fs";
import koffi from "koffi";
import { fileMappings } from "./file-mappings.ts";
import type { Native } from "./native.ts";
import { systemError } from "./system-error.ts";

const SCHED_RR = 2;
/** Children and later threads start with the normal scheduler. */
const SCHED_RESET_ON_FORK = 0x4000_0000;
const RLIMIT_MEMLOCK = 8;
const RLIM_INFINITY = 2n ** 64n - 1n;
const F_SETLK = 6;
const F_WRLCK = 1;
const ESRCH = 3;
const EACCES = 13;
const EAGAIN = 11;
const EINTR = 4;

/**
 * The calls on 64-bit Linux, as glibc and musl declare them there.
 * @throws what koffi throws when the C library lacks one
 */
export function linuxNative(): Native {
  const library = koffi.load(null);
  const schedParam = koffi.struct({ priority: "int" });
  const limit = koffi.struct({ soft: "uint64_t", hard: "uint64_t" });
  const recordLock = koffi.struct({
    type: "short",
    whence: "short",
    start: "int64_t",
    length: "int64_t",
    pid: "int",
  });

  const highestPriority = library.func("sched_get_priority_max", "int", ["int"]);
  const setScheduler = library.func("sched_setscheduler", "int", ["int", "int", koffi.pointer(schedParam)]);
  const setLimit = library.func("setrlimit", "int", ["int", koffi.pointer(limit)]);
  const lock = library.func("mlock", "int", ["uintptr_t", "size_t"]);
  const control = library.func("fcntl", "int", ["int", "int", "..."]);

  /** @throws the system's error when a call answers -1 */
  const check = (call: string, answer: number) => {
    if (answer === -1) throw systemError(call, koffi.errno());
  };

  return {
    maxRealtimePriority: highestPriority(SCHED_RR),

    setRealtimePriority(priority) {
      for (const thread of readdirSync("/proc/self/task")) {
        const answer = setScheduler(Number(thread), SCHED_RR | SCHED_RESET_ON_FORK, { priority });
        // A thread that has ended meanwhile needs no priority.
        if (answer === -1 && koffi.errno() === ESRCH) continue;
        check("sched_setscheduler", answer);
      }
    },

    liftMemoryLockLimit() {
      check("setrlimit", setLimit(RLIMIT_MEMLOCK, { soft: RLIM_INFINITY, hard: RLIM_INFINITY }));
    },

    lockProgramMemory() {
      let lockedBytes = 0;
      for (const { address, lengthBytes } of fileMappings(readFileSync("/proc/self/maps", "latin1"))) {
        check("mlock", lock(address, lengthBytes));
        lockedBytes += lengthBytes;
      }
      return lockedBytes;
    },

    lockRecord(descriptor) {
      const whole = { type: F_WRLCK, whence: 0, start: 0, length: 0, pid: 0 };
      for (;;) {
        if (control(descriptor, F_SETLK, koffi.pointer(recordLock), whole) !== -1) return true;
        const errno = koffi.errno();
        if (errno === EAGAIN || errno === EACCES) return false;
        if (errno !== EINTR) throw systemError("fcntl", errno);
      }
    },
  };
}
