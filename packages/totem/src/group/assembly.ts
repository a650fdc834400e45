import type { ByteSpan } from "@corosync/codec";
import { TotempgHeader } from "./packer.ts";

/** Longest message that is assembled: the largest application message, its headers and group names. */
const ASSEMBLY_BYTES_MAX = 1_048_576 + 65_536;
const FIRST_BYTES = 16 * 1024;

/** What is wrong with a totempg packet, or null (spec totem 14.1). */
export function totempgFault(view: DataView, offset: number, length: number): string | null {
  if (length < TotempgHeader.lengthsAt)
    return `totempg: ${length} bytes, at least ${TotempgHeader.lengthsAt} needed`;
  const count = view.getUint16(offset + TotempgHeader.countAt, true);
  if (count === 0 || TotempgHeader.lengthsAt + 2 * count > length) {
    return `totempg.msg_count: ${count} lengths do not fit ${length} bytes`;
  }
  let total = TotempgHeader.lengthsAt + 2 * count;
  for (let i = 0; i < count; i++) total += view.getUint16(offset + TotempgHeader.lengthsAt + 2 * i, true);
  return total === length
    ? null
    : `totempg.msg_len: lengths add up to ${total}, the packet has ${length} bytes`;
}

/**
 * Puts the messages of one sender together again (spec totem 14.5). A receiver that did not hear the
 * beginning of a message ignores the sender up to the first packet that ends with a whole message,
 * as C nodes do: all must leave out the same.
 */
export class Assembly {
  private bytes = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
  private keptBytes = 0;
  private lastFragment = 0;
  private throwAway = false;

  /** @param skipToWholePacket whether C's corner of spec totem Q13 is avoided */
  constructor(private readonly skipToWholePacket: boolean) {}

  /** Bytes of the message that is not complete yet. */
  get unfinishedBytes(): number {
    return this.keptBytes;
  }

  /** Handles a packet that `totempgFault` has accepted; calls `deliver` for each message that is complete. */
  receive(packet: ByteSpan, message: ByteSpan, deliver: () => void): void {
    const { view, offset } = packet;
    const fragmented = view.getUint8(offset + TotempgHeader.fragmentedAt);
    const continuation = view.getUint8(offset + TotempgHeader.continuationAt);
    if (!this.throwAway && continuation === this.lastFragment) {
      this.lastFragment = fragmented;
      this.deliverWhole(packet, fragmented, message, deliver);
    } else if (fragmented === 0) {
      this.release();
    } else {
      if (!this.skipToWholePacket) this.skipAsC(packet, fragmented);
      else this.throwAway = true;
    }
  }

  /** Keeps the last piece although its beginning is unknown, and trusts fragment 1 to begin a message. */
  private skipAsC({ bytes, view, offset, length }: ByteSpan, fragmented: number): void {
    this.throwAway = !(this.throwAway && fragmented === 1);
    const count = view.getUint16(offset + TotempgHeader.countAt, true);
    const lastBytes = view.getUint16(offset + TotempgHeader.lengthsAt + 2 * (count - 1), true);
    if (count > 1) this.keptBytes = 0;
    this.keep(bytes, offset + length - lastBytes, lastBytes);
  }

  private deliverWhole(packet: ByteSpan, fragmented: number, message: ByteSpan, deliver: () => void): void {
    const { bytes, view, offset } = packet;
    const count = view.getUint16(offset + TotempgHeader.countAt, true);
    let at = offset + TotempgHeader.lengthsAt + 2 * count;
    for (let i = 0; i < count; i++) {
      const length = view.getUint16(offset + TotempgHeader.lengthsAt + 2 * i, true);
      const whole = i < count - 1 || fragmented === 0;
      if (whole && this.keptBytes === 0) {
        message.pointAt(bytes, view, at, length);
        deliver();
      } else {
        if (!this.keep(bytes, at, length)) return;
        if (whole) {
          message.pointAt(this.bytes, this.view, 0, this.keptBytes);
          this.keptBytes = 0;
          deliver();
        }
      }
      at += length;
    }
  }

  /** Appends a piece; gives the sender up when its message exceeds what may exist. */
  private keep(source: Uint8Array, offset: number, length: number): boolean {
    const needed = this.keptBytes + length;
    if (needed > ASSEMBLY_BYTES_MAX) {
      this.keptBytes = 0;
      this.throwAway = true;
      return false;
    }
    if (needed > this.bytes.length) {
      let size = Math.max(FIRST_BYTES, this.bytes.length);
      while (size < needed) size *= 2;
      const bytes = new Uint8Array(Math.min(size, ASSEMBLY_BYTES_MAX));
      bytes.set(this.bytes.subarray(0, this.keptBytes));
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer);
    }
    this.bytes.set(source.subarray(offset, offset + length), this.keptBytes);
    this.keptBytes = needed;
    return true;
  }

  private release(): void {
    this.keptBytes = 0;
    this.lastFragment = 0;
    this.throwAway = false;
  }
}
