import { type Struct, struct, u32, u64Bits } from "@corosync/codec";
import { requestHeader } from "@corosync/service";
import { cpgName } from "./cpg-name.ts";
import { REQUEST_ID } from "./message-ids.ts";

// Requests of clients (spec services-cpg-sam 5.1), header included in the size.

/** Asks to join a group. */
export const joinRequest = struct("cpg join", 168, {
  name: [16, cpgName],
  pid: [152, u32],
  flags: [160, u32],
});

/** Asks to leave the group. */
export const leaveRequest = struct("cpg leave", 160, { name: [16, cpgName], pid: [152, u32] });

/** A 24-byte header, then these; the data follow at 40. */
export const mcastRequest = struct("cpg mcast", 40, { guarantee: [24, u32], messageLength: [32, u32] });

/** A 24-byte header, then these; the data follow at 56. */
export const partialMcastRequest = struct("cpg partial mcast", 56, {
  guarantee: [24, u32],
  messageLength: [32, u32],
  fragmentLength: [40, u32],
  type: [48, u32],
});

/** Asks for the members of a group. */
export const membershipGetRequest = struct("cpg membership_get", 152, { name: [16, cpgName] });

/** The name is defined only for an iteration over one group, so it is read apart. */
export const iterationInitializeRequest = struct("cpg iteration_initialize", 160, { type: [152, u32] });
/** The same with the name of the group. */
export const iterationInitializeName = struct("cpg iteration_initialize", 160, {
  name: [16, cpgName],
  type: [152, u32],
});

/** iteration_next and iteration_finalize. */
export const iterationRequest = struct("cpg iteration", 24, { handle: [16, u64Bits] });

/** A request without fields of its own: local_get, finalize. */
export function encodeBareRequest(id: number): Uint8Array {
  return requestHeader.encode({ id, size: requestHeader.size });
}

/**
 * A request whose fields are all in its layout.
 * @throws CodecError for a value that does not fit
 */
export function encodeRequest<T>(id: number, layout: Struct<T>, value: T): Uint8Array {
  const bytes = layout.encode(value);
  requestHeader.encodeInto({ id, size: bytes.length }, bytes);
  return bytes;
}

/** A fragment of a message that is too long for one request; `data` is the fragment. */
export function encodePartialMcastRequest(
  fields: { guarantee: number; messageLength: number; type: number },
  data: Uint8Array,
): Uint8Array {
  const bytes = partialMcastRequest.encode({ ...fields, fragmentLength: data.length }, data.length);
  requestHeader.encodeInto({ id: REQUEST_ID.partialMcast, size: bytes.length }, bytes);
  bytes.set(data, partialMcastRequest.size);
  return bytes;
}
