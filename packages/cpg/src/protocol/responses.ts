import { CodecError, type Struct, struct, u32, u64Bits } from "@corosync/codec";
import { CS_OK, CsError, responseHeader } from "@corosync/service";
import { addressEntry, type ProcessAddress } from "./address-entry.ts";
import { cpgName } from "./cpg-name.ts";
import { MAX_NODES } from "./message-ids.ts";

// Responses (spec services-cpg-sam 5.2), header included in the size.

/** The id of this node. */
export const localGetResponse = struct("cpg local_get response", 32, { nodeId: [24, u32] });

/** The handle of a new iteration. */
export const iterationInitializeResponse = struct("cpg iteration_initialize response", 32, {
  handle: [24, u64Bits],
});

/** One process of one group. */
export const iterationNextResponse = struct("cpg iteration_next response", 168, {
  name: [24, cpgName],
  nodeId: [160, u32],
  pid: [164, u32],
});

/** Length of a membership_get response, whatever its count. */
export const MEMBERSHIP_GET_RESPONSE_BYTES = 9248;
const MEMBERSHIP_ENTRIES_AT = 32;

/** Writes count and entries of a membership_get response, whose header is already there. */
export function writeMembership(response: Uint8Array, members: readonly ProcessAddress[]): void {
  const view = new DataView(response.buffer, response.byteOffset, response.byteLength);
  const count = Math.min(members.length, MAX_NODES);
  view.setUint32(24, count, true);
  for (let i = 0; i < count; i++)
    addressEntry.write(view, MEMBERSHIP_ENTRIES_AT + i * addressEntry.size, members[i]!);
}

/** @throws CodecError when it counts more entries than it holds */
export function decodeMembership(response: Uint8Array): ProcessAddress[] {
  const view = new DataView(response.buffer, response.byteOffset, response.byteLength);
  const count = response.length >= MEMBERSHIP_ENTRIES_AT ? view.getUint32(24, true) : -1;
  if (count < 0 || MEMBERSHIP_ENTRIES_AT + count * addressEntry.size > response.length)
    throw new CodecError("cpg membership_get response", "count", `${count} in ${response.length} bytes`);
  return Array.from({ length: count }, (_, i) =>
    addressEntry.read(view, MEMBERSHIP_ENTRIES_AT + i * addressEntry.size),
  );
}

/**
 * Checks a response before anything else in it is read: a refused request is answered with id 0 and 24
 * bytes, whatever its own response would have been.
 * @throws CsError with the response's error
 */
export function requireOk(response: Uint8Array, operation: string): void {
  const { error } = responseHeader.decode(response);
  if (error !== CS_OK) throw new CsError(error, operation);
}

/**
 * Checks a response and reads its fields.
 * @throws CsError with the response's error; CodecError when it is too short
 */
export function decodeResponse<T>(response: Uint8Array, layout: Struct<T>, operation: string): T {
  requireOk(response, operation);
  return layout.decode(response);
}
