import type { ByteSpan } from "@corosync/codec";
import { CPG_NAME_MAX_BYTES, cpgName } from "../protocol/cpg-name.ts";
import type { GroupConnection } from "./group-connection.ts";
import type { Process } from "./process-list.ts";

/** A group that some process of the cluster or some local connection is in. */
export class Group {
  /** The name as it stands in messages: 136 bytes, zeros after the name. */
  readonly encodedName: Uint8Array;
  readonly name: Uint8Array;
  /** The group's part of the process list, in its order. */
  processes: Process[] = [];
  /** How many processes each node has in the group. */
  readonly processesOfNode = new Map<number, number>();
  /** Local connections that get the group's events. */
  receivers: GroupConnection[] = [];
  /** Connections that hold the group without being in its lists yet or any more. */
  holders = 0;

  constructor(
    name: Uint8Array,
    readonly hash: number,
  ) {
    this.encodedName = new Uint8Array(cpgName.size);
    cpgName.write(new DataView(this.encodedName.buffer), 0, name);
    this.name = this.encodedName.subarray(8, 8 + name.length);
  }

  get unused(): boolean {
    return this.processes.length === 0 && this.receivers.length === 0 && this.holders === 0;
  }
}

/**
 * All groups, found by the bytes of a name where they lie: nothing is allocated to look one up. The
 * group found last is tried first, since messages come in runs.
 */
export class GroupTable {
  readonly #buckets = new Map<number, Group[]>();
  #last: Group | null = null;

  /** The group whose `cpg_name` stands at `at` of the span, or null: unknown, or longer than a name is. */
  find(span: ByteSpan, at: number): Group | null {
    const length = span.u32(at);
    if (length > CPG_NAME_MAX_BYTES) return null;
    const start = span.offset + at + 8;
    const last = this.#last;
    if (last !== null && equals(last.name, span.bytes, start, length)) return last;
    const bucket = this.#buckets.get(hashOf(span.bytes, start, length));
    if (bucket === undefined) return null;
    for (const group of bucket) {
      if (equals(group.name, span.bytes, start, length)) {
        this.#last = group;
        return group;
      }
    }
    return null;
  }

  findName(name: Uint8Array): Group | null {
    const bucket = this.#buckets.get(hashOf(name, 0, name.length));
    return bucket?.find((group) => equals(group.name, name, 0, name.length)) ?? null;
  }

  /** The group of that name, made if it is new. */
  obtain(name: Uint8Array): Group {
    const known = this.findName(name);
    if (known !== null) return known;
    const group = new Group(name, hashOf(name, 0, name.length));
    const bucket = this.#buckets.get(group.hash);
    if (bucket === undefined) this.#buckets.set(group.hash, [group]);
    else bucket.push(group);
    return group;
  }

  /** Forgets the group if nothing is in it any more. */
  release(group: Group): void {
    if (!group.unused) return;
    if (this.#last === group) this.#last = null;
    const bucket = this.#buckets.get(group.hash);
    const index = bucket?.indexOf(group) ?? -1;
    if (bucket === undefined || index < 0) return;
    bucket.splice(index, 1);
    if (bucket.length === 0) this.#buckets.delete(group.hash);
  }

  get size(): number {
    let groups = 0;
    for (const bucket of this.#buckets.values()) groups += bucket.length;
    return groups;
  }
}

function equals(name: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}
