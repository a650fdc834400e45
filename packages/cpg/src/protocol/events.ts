import { CodecError, struct, u32, u64 } from "@corosync/codec";
import { addressEntry, type ProcessAddress } from "./address-entry.ts";
import { cpgName } from "./cpg-name.ts";

// Events (spec services-cpg-sam 5.3), 24-byte header included in the size.

const confchgHeader = struct("cpg confchg", 184, {
  name: [24, cpgName],
  memberCount: [160, u32],
  joinedCount: [168, u32],
  leftCount: [176, u32],
});

/** A change of a group's membership. */
export interface Confchg {
  readonly name: Uint8Array;
  readonly members: readonly ProcessAddress[];
  readonly left: readonly ProcessAddress[];
  readonly joined: readonly ProcessAddress[];
}

/** Bytes of the event for a change. */
export function confchgLength(change: Confchg): number {
  const entries = change.members.length + change.left.length + change.joined.length;
  return confchgHeader.size + entries * addressEntry.size;
}

/** Writes all but the 24-byte header. Counts are member, joined, left; lists are members, left, joined. */
export function writeConfchg(event: Uint8Array, change: Confchg): void {
  const header = event.slice(0, 24);
  confchgHeader.encodeInto(
    {
      name: change.name,
      memberCount: change.members.length,
      joinedCount: change.joined.length,
      leftCount: change.left.length,
    },
    event,
  );
  event.set(header);
  let at = confchgHeader.size;
  for (const entry of [...change.members, ...change.left, ...change.joined]) {
    addressEntry.encodeInto(entry, event, at);
    at += addressEntry.size;
  }
}

/** @throws CodecError when the counts and the bytes disagree */
export function decodeConfchg(event: Uint8Array): Confchg {
  const { name, memberCount, joinedCount, leftCount } = confchgHeader.decode(event);
  const entries = memberCount + joinedCount + leftCount;
  if (confchgHeader.size + entries * addressEntry.size > event.length)
    throw new CodecError("cpg confchg", "counts", `${entries} entries in ${event.length} bytes`);
  const list = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      addressEntry.decode(event, confchgHeader.size + (from + i) * addressEntry.size),
    );
  return {
    name,
    members: list(0, memberCount),
    left: list(memberCount, leftCount),
    joined: list(memberCount + leftCount, joinedCount),
  };
}

/** The data follow at 184, where the ring's MCAST has them too. */
export const deliverHeader = struct("cpg deliver", 184, {
  name: [24, cpgName],
  messageLength: [160, u32],
  nodeId: [168, u32],
  pid: [176, u32],
});

/** The data follow at 200, where the ring's PARTIAL_MCAST has them too. */
export const partialDeliverHeader = struct("cpg partial deliver", 200, {
  name: [24, cpgName],
  messageLength: [160, u32],
  fragmentLength: [168, u32],
  nodeId: [176, u32],
  pid: [184, u32],
  type: [192, u32],
});

const totemConfchgHeader = struct("cpg totem_confchg", 44, {
  ringNodeId: [24, u32],
  ringSequence: [32, u64],
  memberCount: [40, u32],
});

/** A change of the ring. */
export interface TotemConfchg {
  readonly ringId: { readonly representative: number; readonly sequence: number };
  readonly members: readonly number[];
}

/** The list starts at 44 although the size counts it from 48: the last 4 bytes carry nothing. */
export function totemConfchgLength(members: number): number {
  return 48 + 4 * members;
}

/** Writes all but the 24-byte header. */
export function writeTotemConfchg(event: Uint8Array, change: TotemConfchg): void {
  const header = event.slice(0, 24);
  totemConfchgHeader.encodeInto(
    {
      ringNodeId: change.ringId.representative,
      ringSequence: change.ringId.sequence,
      memberCount: change.members.length,
    },
    event,
  );
  event.set(header);
  const view = new DataView(event.buffer, event.byteOffset, event.byteLength);
  change.members.forEach((nodeId, i) => {
    view.setUint32(44 + 4 * i, nodeId, true);
  });
  view.setUint32(44 + 4 * change.members.length, 0, true);
}

/** @throws CodecError when the count and the bytes disagree */
export function decodeTotemConfchg(event: Uint8Array): TotemConfchg {
  const { ringNodeId, ringSequence, memberCount } = totemConfchgHeader.decode(event);
  if (44 + 4 * memberCount > event.length)
    throw new CodecError("cpg totem_confchg", "count", `${memberCount} nodes in ${event.length} bytes`);
  const view = new DataView(event.buffer, event.byteOffset, event.byteLength);
  return {
    ringId: { representative: ringNodeId, sequence: ringSequence },
    members: Array.from({ length: memberCount }, (_, i) => view.getUint32(44 + 4 * i, true)),
  };
}
