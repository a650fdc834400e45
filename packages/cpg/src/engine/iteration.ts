import { ITERATION_TYPE } from "../protocol/message-ids.ts";
import type { Group } from "./group.ts";
import type { Process } from "./process-list.ts";

/** One line of an iteration; node id and pid are 0 when only names are listed. */
export interface IterationEntry {
  readonly name: Uint8Array;
  readonly nodeId: number;
  readonly pid: number;
}

/**
 * The entries in C's order (spec services-cpg-sam 6, "Iteration"): groups in reverse order of their
 * first process, and inside a group the first process, then the others backwards.
 * @param group the one group to list, for that type
 */
export function snapshot(
  processes: readonly Process[],
  type: number,
  group: Group | null,
): readonly IterationEntry[] {
  const firstOf = new Map<Group, { first: IterationEntry; rest: IterationEntry[] }>();
  for (const process of processes) {
    if (type === ITERATION_TYPE.oneGroup && process.group !== group) continue;
    const nameOnly = type === ITERATION_TYPE.nameOnly;
    const entry: IterationEntry = {
      name: process.group.name,
      nodeId: nameOnly ? 0 : process.nodeId,
      pid: nameOnly ? 0 : process.pid,
    };
    const taken = firstOf.get(process.group);
    if (taken === undefined) firstOf.set(process.group, { first: entry, rest: [] });
    else if (!nameOnly) taken.rest.push(entry);
  }
  return [...firstOf.values()].reverse().flatMap(({ first, rest }) => [first, ...rest.reverse()]);
}

/** Iterations that one connection may have open. */
const MAX_ITERATIONS = 64;

/** The open iterations of one connection. A handle is a slot and 32 random bits that must match. */
export class Iterations {
  readonly #slots: ({ check: number; entries: readonly IterationEntry[]; next: number } | null)[] = [];

  /** Answers the handle, or null when the connection has too many open. */
  open(entries: readonly IterationEntry[], check: number): bigint | null {
    let slot = this.#slots.indexOf(null);
    if (slot < 0) {
      if (this.#slots.length === MAX_ITERATIONS) return null;
      slot = this.#slots.length;
    }
    this.#slots[slot] = { check: check >>> 0, entries, next: 0 };
    return (BigInt(check >>> 0) << 32n) | BigInt(slot);
  }

  /** The next entry; "end" after the last; "unknown" for a handle that is not open. */
  next(handle: bigint): IterationEntry | "end" | "unknown" {
    const open = this.#open(handle);
    if (open === null) return "unknown";
    return open.entries[open.next++] ?? "end";
  }

  /** Answers whether there was one to close. */
  close(handle: bigint): boolean {
    if (this.#open(handle) === null) return false;
    this.#slots[Number(handle & 0xffffffffn)] = null;
    return true;
  }

  #open(handle: bigint) {
    const open = this.#slots[Number(handle & 0xffffffffn)] ?? null;
    return open !== null && open.check === Number(handle >> 32n) ? open : null;
  }
}
