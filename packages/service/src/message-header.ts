import { i32, struct } from "@corosync/codec";

/** Header of requests and of messages on the ring, 16 bytes (spec services-cpg-sam 1.3). */
export const requestHeader = struct("request header", 16, { id: [0, i32], size: [8, i32] });

/** Header of responses and events, 24 bytes; `error` is a `cs_error_t`. */
export const responseHeader = struct("response header", 24, {
  id: [0, i32],
  size: [8, i32],
  error: [16, i32],
});

/** The id that a message of a service's function carries on the ring. */
export function messageId(service: number, fn: number): number {
  return (service << 16) | fn;
}
