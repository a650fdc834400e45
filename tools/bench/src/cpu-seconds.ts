import { readFileSync } from "node:fs";

/** USER_HZ, which Linux has fixed at 100 for what it shows to programs. */
const TICKS_PER_SECOND = 100;

/** CPU time a process has used so far, user and kernel, all threads. @throws Error when it is gone. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // utime and stime are fields 14 and 15; the name in parentheses, field 2, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
