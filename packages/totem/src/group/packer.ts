import { MessageFifo } from "./message-fifo.ts";

/** Header of a totempg packet before its lengths (spec totem 14.1). */
export const TotempgHeader = {
  fragmentedAt: 4,
  continuationAt: 5,
  countAt: 6,
  lengthsAt: 8,
} as const;

/** Fragment numbers run from 1 to 255; 0 means that nothing goes on. */
const FRAGMENT_MAX = 255;

/** What is left to send of a message, and the number of the fragment that it continues. */
interface MessageRest {
  readonly bytes: Uint8Array;
  readonly continuation: number;
}

/** Judges a message by its bytes and by the room that is left in the packet. */
type MayBegin = (messageBytes: number, roomBytes: number) => boolean;
const always: MayBegin = () => true;

/**
 * Packs messages of a FIFO into totempg packets (spec totem section 14): packets are filled to the
 * last byte, a message that does not fit goes on in the next one. Two of these exist, for the normal
 * queue and for the one of the synchronization; receivers assemble them apart.
 */
export class Packer {
  readonly fifo = new MessageFifo();
  /** Number of the fragment that the next packet continues, 0 if none. */
  private continuation = 0;
  /** The message being continued was begun before the last configuration change. */
  private continuesOldMessage = false;

  /** Whether the first message of the FIFO has partly left. */
  get midMessage(): boolean {
    return this.continuation !== 0;
  }

  /**
   * A configuration changed. Who joined can not assemble the message being continued, and ignores the
   * sender until a packet that ends with a whole message (spec totem 14.5): such a packet must come
   * right behind that message, or more would be lost.
   */
  configurationChanged(): void {
    this.continuesOldMessage = this.midMessage;
  }

  /** Takes away the rest of a message that has partly left. */
  takeRest(): MessageRest | null {
    if (!this.midMessage) return null;
    const bytes = new Uint8Array(this.fifo.lengthOf(0));
    this.fifo.take(bytes, 0, bytes.length);
    const rest = { bytes, continuation: this.continuation };
    this.continuation = 0;
    this.continuesOldMessage = false;
    return rest;
  }

  /** Sends such a rest next. Not while a message of this queue has partly left. */
  sendRest({ bytes, continuation }: MessageRest): void {
    this.fifo.insertAt(0, [{ bytes, whole: false }]);
    this.continuation = continuation;
  }

  /** The message that has partly left is sent again from its beginning. */
  beginAgain(): void {
    this.fifo.restoreFirst();
    this.continuation = 0;
    this.continuesOldMessage = false;
  }

  /**
   * Writes the next packet at `offset`. A message that is to stay whole is not begun in a packet whose
   * rest it exceeds: a configuration change would cut it, and who joins would never have it.
   * @param limitBytes longest packet
   * @param canBegin whether a message that does not fit this packet may be begun in it
   * @returns its length; 0 when there is nothing to send
   */
  nextPacket(
    target: Uint8Array,
    view: DataView,
    offset: number,
    limitBytes: number,
    canBegin: MayBegin = always,
  ): number {
    const { fifo } = this;
    const budget = limitBytes - TotempgHeader.lengthsAt;
    let count = 0;
    let used = 0;
    let dataBytes = 0;
    let fragmented = 0;
    while (count < fifo.count && fragmented === 0) {
      const length = fifo.lengthOf(count);
      const room = budget - used - 2;
      if (room <= 0) break;
      // In a packet of its own if need be; only what exceeds a packet is ever split.
      if (length > room && count > 0 && fifo.isWhole(count) && length <= budget - 2) break;
      if (length > room && !(count === 0 && this.midMessage) && !canBegin(length, room)) break;
      const piece = Math.min(length, room);
      view.setUint16(offset + TotempgHeader.lengthsAt + 2 * count, piece, true);
      if (piece < length) fragmented = (this.continuation % FRAGMENT_MAX) + 1;
      count++;
      used += 2 + piece;
      dataBytes += piece;
      if (this.continuesOldMessage && count === 1) break;
    }
    if (count === 0) return 0;
    view.setInt16(offset, 0, true);
    view.setInt16(offset + 2, 0, true);
    view.setUint8(offset + TotempgHeader.fragmentedAt, fragmented);
    view.setUint8(offset + TotempgHeader.continuationAt, this.continuation);
    view.setUint16(offset + TotempgHeader.countAt, count, true);
    const headerBytes = TotempgHeader.lengthsAt + 2 * count;
    fifo.take(target, offset + headerBytes, dataBytes);
    this.continuation = fragmented;
    if (fragmented === 0) this.continuesOldMessage = false;
    return headerBytes + dataBytes;
  }
}
