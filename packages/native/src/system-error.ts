import { constants } from "node:os";

/** An error of a system call with the fields that Node gives its own: `errno` negative, `code`, `syscall`. */
export function systemError(syscall: string, errno: number): Error {
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? "UNKNOWN";
  return Object.assign(new Error(`${code}: ${syscall} answered ${errno}`), { errno: -errno, code, syscall });
}
