import type { ByteSpan } from "@corosync/codec";

/** Groups that one message may name (spec totem 14.2). */
const GROUPS_MAX = 32;

/** The group list that starts a message to one group: count u16, length u16, name. */
export function groupPrefix(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length === 0 || bytes.length > 0xffff)
    throw new RangeError(`group name of ${bytes.length} bytes`);
  const prefix = new Uint8Array(4 + bytes.length);
  new DataView(prefix.buffer).setUint16(0, 1, true);
  new DataView(prefix.buffer).setUint16(2, bytes.length, true);
  prefix.set(bytes, 4);
  return prefix;
}

/** Whether a message starts with exactly this prefix: the usual case of one group. */
export function startsWithPrefix(message: ByteSpan, prefix: Uint8Array): boolean {
  if (message.length < prefix.length) return false;
  const { bytes, offset } = message;
  for (let i = 0; i < prefix.length; i++) if (bytes[offset + i] !== prefix[i]) return false;
  return true;
}

/** Length of the group list of a message to any number of groups, or -1 when it does not fit the message. */
export function groupListLength(message: ByteSpan): number {
  const { view, offset, length } = message;
  if (length < 2) return -1;
  const count = view.getUint16(offset, true);
  if (count === 0 || count > GROUPS_MAX || length < 2 + 2 * count) return -1;
  let total = 2 + 2 * count;
  for (let i = 0; i < count; i++) total += view.getUint16(offset + 2 + 2 * i, true);
  return total <= length ? total : -1;
}

/** Whether the group list of a message, checked by `groupListLength`, names the group of `prefix`. */
export function namesGroup(message: ByteSpan, prefix: Uint8Array): boolean {
  const { bytes, view, offset } = message;
  const count = view.getUint16(offset, true);
  let at = offset + 2 + 2 * count;
  for (let i = 0; i < count; i++) {
    const length = view.getUint16(offset + 2 + 2 * i, true);
    if (length === prefix.length - 4 && bytesEqual(bytes, at, prefix, 4, length)) return true;
    at += length;
  }
  return false;
}

function bytesEqual(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}
