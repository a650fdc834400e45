import type { ByteSpan } from "@corosync/codec";
import { hashView } from "./byte-hash.ts";

/** number, sender's pid, sender's node and a hash of the rest, 4 bytes each. */
const HEADER_BYTES = 16;
/** Messages too short for a number have place for this many bits of it, by their length. */
export const SHORT_STEP = 64;
const NUMBER_BYTES = 4;

/**
 * Messages that tell which of their sender's they are, from 1 byte on. One of less than 4 bytes tells
 * only the low bits of a sixty-fourth of its number; so only every sixty-fourth can be that short.
 */
export function encodeNumbered(
  number: number,
  nodeId: number,
  pid: number,
  lengthBytes: number,
  fill: number,
): Uint8Array {
  const wanted = Math.max(1, lengthBytes);
  const length = wanted < NUMBER_BYTES && number % SHORT_STEP !== 0 ? NUMBER_BYTES : wanted;
  const data = new Uint8Array(length).fill(fill & 0xff);
  const view = new DataView(data.buffer);
  if (length < NUMBER_BYTES) {
    for (let i = 0, rest = number / SHORT_STEP; i < length; i++, rest = Math.floor(rest / 256))
      data[i] = rest;
    return data;
  }
  view.setUint32(0, number, true);
  if (length < HEADER_BYTES) return data;
  view.setUint32(4, pid, true);
  view.setUint32(8, nodeId, true);
  view.setUint32(12, hashView(view, HEADER_BYTES, length - HEADER_BYTES), true);
  return data;
}

/**
 * The number of a message, -1 when it is damaged.
 * @param sentCount how many messages its sender has sent so far
 */
export function decodeNumbered(data: ByteSpan, nodeId: number, pid: number, sentCount: number): number {
  const { view, offset, length } = data;
  if (length === 0) return -1;
  if (length < NUMBER_BYTES) return shortNumber(data, sentCount);
  const number = view.getUint32(offset, true);
  if (length < HEADER_BYTES) return number;
  const sound =
    view.getUint32(offset + 4, true) === pid &&
    view.getUint32(offset + 8, true) === nodeId &&
    view.getUint32(offset + 12, true) === hashView(view, offset + HEADER_BYTES, length - HEADER_BYTES);
  return sound ? number : -1;
}

/** The latest number with these low bits that has been sent. */
function shortNumber(data: ByteSpan, sentCount: number): number {
  let low = 0;
  for (let i = data.length - 1; i >= 0; i--) low = low * 256 + data.view.getUint8(data.offset + i);
  const period = 256 ** data.length;
  const latest = Math.floor((sentCount - 1) / SHORT_STEP);
  const back = (((latest - low) % period) + period) % period;
  return (latest - back) * SHORT_STEP;
}
