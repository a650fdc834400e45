import { array, CodecError, struct, u32 } from "@corosync/codec";
import { messageId, responseHeader } from "@corosync/service";
import { cpgName } from "./cpg-name.ts";
import { CPG_SERVICE_ID, MAX_NODES, RING_FN } from "./message-ids.ts";

// Layouts of spec services-cpg-sam section 4. The 16-byte header in front is the host's to fill, except
// for the joinlist, which has a 24-byte one.

/** PROCJOIN and PROCLEAVE. */
export const procChange = struct("procjoin/procleave", 168, {
  name: [16, cpgName],
  pid: [152, u32],
  reason: [160, u32],
});

/** MCAST; the data follow at 184. The opaque half of `source` is sent as zero and never read. */
export const mcastHeader = struct("mcast", 184, {
  name: [16, cpgName],
  messageLength: [152, u32],
  pid: [160, u32],
  sourceNodeId: [168, u32],
});

/** PARTIAL_MCAST; the data follow at 200. */
export const partialMcastHeader = struct("partial mcast", 200, {
  name: [16, cpgName],
  messageLength: [152, u32],
  fragmentLength: [160, u32],
  pid: [168, u32],
  type: [176, u32],
  sourceNodeId: [184, u32],
});

const downlistLayout = struct("downlist", 1568, {
  oldMembers: [16, u32],
  leftCount: [24, u32],
  left: [32, array(u32, MAX_NODES)],
});

/** DOWNLIST: how many nodes the sender's previous view had, and which of them it lost. */
export interface Downlist {
  readonly oldMembers: number;
  readonly left: readonly number[];
}

/** A downlist as it is multicast. */
export function encodeDownlist(list: Downlist): Uint8Array {
  return downlistLayout.encode({
    oldMembers: list.oldMembers,
    leftCount: list.left.length,
    left: [...list.left],
  });
}

/** @throws CodecError when the list is short or counts more nodes than a cluster has */
export function decodeDownlist(message: Uint8Array): Downlist {
  const { oldMembers, leftCount, left } = downlistLayout.decode(message);
  if (leftCount > MAX_NODES || oldMembers > MAX_NODES)
    throw new CodecError("downlist", "left_nodes", `counts ${leftCount} of ${oldMembers}, limit 384`);
  return { oldMembers, left: left.slice(0, leftCount) };
}

/** One process of the joinlist's sender. */
export interface JoinlistEntry {
  readonly pid: number;
  readonly name: Uint8Array;
}

const JOINLIST_HEADER_BYTES = 24;
const joinlistEntry = struct("joinlist entry", 144, { pid: [0, u32], name: [8, cpgName] });

/** How many joinlist entries a message of `maxMessageBytes` can carry. */
export function joinlistCapacity(maxMessageBytes: number): number {
  return Math.floor((maxMessageBytes - JOINLIST_HEADER_BYTES) / joinlistEntry.size);
}

/** A joinlist as it is multicast; at most `joinlistCapacity` entries. */
export function encodeJoinlist(entries: readonly JoinlistEntry[]): Uint8Array {
  const size = JOINLIST_HEADER_BYTES + entries.length * joinlistEntry.size;
  const message = new Uint8Array(size);
  responseHeader.encodeInto({ id: messageId(CPG_SERVICE_ID, RING_FN.joinlist), size, error: 0 }, message);
  entries.forEach((entry, i) => {
    joinlistEntry.encodeInto(entry, message, JOINLIST_HEADER_BYTES + i * joinlistEntry.size);
  });
  return message;
}

/**
 * Reads the entries that are there in full: the header's size is the sender's claim, the length what
 * was delivered, and the smaller one counts.
 * @throws CodecError when the header is missing or an entry's name is too long
 */
export function decodeJoinlist(message: Uint8Array): JoinlistEntry[] {
  const claimed = responseHeader.decode(message).size;
  const end = Math.min(claimed, message.length);
  const entries: JoinlistEntry[] = [];
  for (let at = JOINLIST_HEADER_BYTES; at + joinlistEntry.size <= end; at += joinlistEntry.size)
    entries.push(joinlistEntry.decode(message, at));
  return entries;
}
