/**
 * System calls that Node does not offer. Each throws an error with `code` and `errno` as Node's own
 * file operations do.
 */
export interface Native {
  /** Most privileged priority of the round-robin real-time scheduler: 99 on Linux. */
  readonly maxRealtimePriority: number;

  /**
   * Puts every thread of this process under SCHED_RR. Programs it starts, and threads it makes later,
   * are scheduled normally.
   * @param priority 1 to `maxRealtimePriority`
   */
  setRealtimePriority(priority: number): void;

  /** Lifts the limit on locked memory, soft and hard. */
  liftMemoryLockLimit(): void;

  /**
   * Keeps in memory what is mapped from files: Node itself, its libraries, the C library. JavaScript's
   * heap is left out: V8 returns pages with madvise(MADV_DONTNEED), which locked pages refuse, and V8
   * ends the process when that fails.
   * @returns how many bytes are locked now
   */
  lockProgramMemory(): number;

  /**
   * Takes the POSIX write lock on a whole file, which lasts until the process closes any descriptor of
   * that file.
   * @param descriptor open for writing
   * @returns false when another process has it
   */
  lockRecord(descriptor: number): boolean;
}
