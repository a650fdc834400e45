import type { ByteSpan } from "@corosync/codec";
import { ProtocolError } from "./protocol-error.ts";

/** Bytes of the header of requests: i32 id at 0, i32 size at 8 (spec ipc 4). */
export const REQUEST_HEADER_BYTES = 16;
/** Bytes of the header of responses and events: as in requests, and i32 error at 16. */
export const RESPONSE_HEADER_BYTES = 24;

/** The id of a request that asks to be disconnected; all other negative ids are reserved. */
export const DISCONNECT_ID = -3;

/** @throws ProtocolError unless the header's size is the message's length */
export function checkMessage(kind: string, message: ByteSpan, headerBytes: number): void {
  if (message.length < headerBytes)
    throw new ProtocolError(`${kind} of ${message.length} bytes is shorter than its header`);
  const size = message.i32(8);
  if (size !== message.length)
    throw new ProtocolError(`${kind} ${message.i32(0)} says ${size} bytes and has ${message.length}`);
}
