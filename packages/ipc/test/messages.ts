import type { ByteSpan } from "@corosync/codec";

/** A request of `length` bytes with a number at 16 and bytes that follow from it. */
export function request(id: number, length: number, number = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  fillRequest(new DataView(bytes.buffer), 0, id, length, number);
  return bytes;
}

export function fillRequest(view: DataView, at: number, id: number, length: number, number: number): void {
  view.setInt32(at, id, true);
  view.setInt32(at + 8, length, true);
  if (length >= 20) view.setUint32(at + 16, number, true);
  for (let index = 20; index < length; index += 997) view.setUint8(at + index, number + index);
}

/** Writes a response's or event's header, and its number at 24. */
export function fillReply(span: ByteSpan, id: number, number: number): void {
  span.setI32(0, id);
  span.setI32(8, span.length);
  span.setI32(16, 1);
  if (span.length >= 28) span.setU32(24, number);
  for (let index = 28; index < span.length; index += 997)
    span.view.setUint8(span.offset + index, number + index);
}

/** Whether `bytes` is what `fillReply` wrote. */
export function isReply(bytes: Uint8Array, number: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(24, true) !== number) return false;
  for (let index = 28; index < bytes.length; index += 997)
    if (bytes[index] !== ((number + index) & 0xff)) return false;
  return true;
}

/** The numbers from `from` to below `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
