import { type ByteSpan, CodecError } from "@corosync/codec";
import type { RingId } from "../process-group.ts";
import { PacketType, writeHeader } from "./header.ts";
import { PROCESSOR_COUNT_MAX } from "./join.ts";
import { NO_RING, readRingId, writeRingId } from "./ring-id-field.ts";

const ADDRESSES_AT = 41;
const ADDRESS_BYTES = 4;
const ENTRY_BYTES = 24;

/** What a member says of its old ring in the commit token. */
export interface CommitEntry {
  readonly ringId: RingId;
  readonly aru: number;
  readonly highDelivered: number;
  received: boolean;
}

/** The commit token (spec totem 2.7). `entries` runs parallel to `members`. */
export interface CommitToken {
  tokenSeq: number;
  readonly ringId: RingId;
  /** How many members have filled their entry. */
  memberIndex: number;
  /** Ascending node ids. */
  readonly members: readonly number[];
  readonly entries: CommitEntry[];
}

const EMPTY_ENTRY: CommitEntry = { ringId: NO_RING, aru: 0, highDelivered: 0, received: false };

/** A commit token that nobody has filled yet (spec totem 7.1). */
export function newCommitToken(ringId: RingId, members: readonly number[]): CommitToken {
  return { tokenSeq: 0, ringId, memberIndex: 0, members, entries: members.map(() => ({ ...EMPTY_ENTRY })) };
}

/** @throws CodecError naming the field at fault */
export function decodeCommitToken({ view, offset, length }: ByteSpan): CommitToken {
  const fault = (field: string, reason: string): never => {
    throw new CodecError("memb_commit_token", field, reason);
  };
  if (length < ADDRESSES_AT) fault("length", `${length} bytes, at least ${ADDRESSES_AT} needed`);
  const memberIndex = view.getInt32(offset + 33, true);
  const count = view.getInt32(offset + 37, true);
  if (count < 1 || count > PROCESSOR_COUNT_MAX) fault("addr_entries", `${count}`);
  if (memberIndex < 0 || memberIndex > count) fault("memb_index", `${memberIndex} of ${count}`);
  if (ADDRESSES_AT + count * (ADDRESS_BYTES + ENTRY_BYTES) > length) {
    fault("length", `${count} entries do not fit ${length} bytes`);
  }
  const members: number[] = [];
  const entries: CommitEntry[] = [];
  for (let i = 0; i < count; i++) {
    const nodeId = view.getUint32(offset + ADDRESSES_AT + ADDRESS_BYTES * i, true);
    // The order of the list is the token's way round the ring, and its first node the representative.
    if (i > 0 && nodeId <= members[i - 1]!) fault("addr", `${nodeId} follows ${members[i - 1]}`);
    members.push(nodeId);
    const at = offset + ADDRESSES_AT + ADDRESS_BYTES * count + ENTRY_BYTES * i;
    entries.push({
      // Entries that nobody has filled may hold anything after a byte order conversion (spec totem 2.8).
      ringId: i < memberIndex ? readRingId(view, at, "memb_commit_token") : NO_RING,
      aru: view.getUint32(at + 12, true),
      highDelivered: view.getUint32(at + 16, true),
      received: view.getUint32(at + 20, true) !== 0,
    });
  }
  return {
    tokenSeq: view.getUint32(offset + 13, true),
    ringId: readRingId(view, offset + 17, "memb_commit_token"),
    memberIndex,
    members,
    entries,
  };
}

/** @param nodeId the node that sends it on */
export function encodeCommitToken(token: CommitToken, nodeId: number): Uint8Array {
  const count = token.members.length;
  const bytes = new Uint8Array(ADDRESSES_AT + count * (ADDRESS_BYTES + ENTRY_BYTES));
  const view = new DataView(bytes.buffer);
  writeHeader(view, 0, PacketType.commitToken, 0, nodeId);
  view.setUint32(13, token.tokenSeq, true);
  writeRingId(view, 17, token.ringId);
  view.setInt32(33, token.memberIndex, true);
  view.setInt32(37, count, true);
  for (let i = 0; i < count; i++) {
    const entry = token.entries[i]!;
    view.setUint32(ADDRESSES_AT + ADDRESS_BYTES * i, token.members[i]!, true);
    const at = ADDRESSES_AT + ADDRESS_BYTES * count + ENTRY_BYTES * i;
    writeRingId(view, at, entry.ringId);
    view.setUint32(at + 12, entry.aru, true);
    view.setUint32(at + 16, entry.highDelivered, true);
    view.setUint32(at + 20, entry.received ? 1 : 0, true);
  }
  return bytes;
}
