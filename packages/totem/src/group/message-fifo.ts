import type { ByteSpan } from "@corosync/codec";

const FIRST_BYTES = 64 * 1024;
const FIRST_MESSAGES = 1024;
/** Stands in the length of a message that is not to be split. */
const WHOLE = 0x8000_0000;
const LENGTH = 0x7fff_ffff;

/** A message taken out of its FIFO. */
export interface WaitingMessage {
  readonly bytes: Uint8Array;
  /** Not to be split over packets without need. */
  readonly whole: boolean;
}

/**
 * Messages waiting to be packed: their bytes back to back in one ring buffer, their lengths in
 * another. Both double as needed; a packet is cut out of the bytes with one copy, whatever the number
 * of messages in it.
 */
export class MessageFifo {
  private bytes = new Uint8Array(FIRST_BYTES);
  private lengths = new Uint32Array(FIRST_MESSAGES);
  private byteHead = 0;
  private usedBytes = 0;
  private messageHead = 0;
  private messageCount = 0;
  /** Bytes of the first message that are taken but kept, right before `byteHead`. */
  private takenBytes = 0;

  /** Bytes waiting. */
  get byteLength(): number {
    return this.usedBytes;
  }

  /** Messages waiting, one that is partly taken included. */
  get count(): number {
    return this.messageCount;
  }

  /** Length of the `index`-th message as far as it is not taken yet. */
  lengthOf(index: number): number {
    return this.entry(index) & LENGTH;
  }

  /** Whether the `index`-th message is not to be split. */
  isWhole(index: number): boolean {
    return this.entry(index) >= WHOLE;
  }

  private entry(index: number): number {
    return this.lengths[(this.messageHead + index) & (this.lengths.length - 1)]!;
  }

  /** Appends one message that consists of up to three pieces. */
  push(prefix: Uint8Array, header: ByteSpan, payload: ByteSpan | undefined, whole = false): void {
    const length = prefix.length + header.length + (payload?.length ?? 0);
    this.makeRoom(length);
    this.addEntry(length, whole);
    this.append(prefix, 0, prefix.length);
    this.append(header.bytes, header.offset, header.length);
    if (payload) this.append(payload.bytes, payload.offset, payload.length);
  }

  /** Copies the first `length` bytes to `target` and takes them away; messages taken whole are forgotten. */
  take(target: Uint8Array, offset: number, length: number): void {
    const first = Math.min(length, this.bytes.length - this.byteHead);
    target.set(this.bytes.subarray(this.byteHead, this.byteHead + first), offset);
    if (first < length) target.set(this.bytes.subarray(0, length - first), offset + first);
    this.byteHead = (this.byteHead + length) & (this.bytes.length - 1);
    this.usedBytes -= length;
    this.forget(length);
  }

  /** Makes the first message whole again if it is partly taken. Not after `removeFrom` or `insertAt`. */
  restoreFirst(): void {
    const { takenBytes } = this;
    if (takenBytes === 0) return;
    this.byteHead = (this.byteHead - takenBytes) & (this.bytes.length - 1);
    this.usedBytes += takenBytes;
    this.lengths[this.messageHead] = this.lengths[this.messageHead]! + takenBytes;
    this.takenBytes = 0;
  }

  /** Removes the messages from the `index`-th on and returns them, in order. */
  removeFrom(index: number): WaitingMessage[] {
    const all = this.takeMessages(this.messageCount);
    for (const message of all.slice(0, index)) this.putBack(message);
    return all.slice(index);
  }

  /** Puts messages in front of the `index`-th. */
  insertAt(index: number, messages: readonly WaitingMessage[]): void {
    const behind = this.removeFrom(index);
    for (const message of [...messages, ...behind]) this.putBack(message);
  }

  private takeMessages(count: number): WaitingMessage[] {
    const messages: WaitingMessage[] = [];
    this.takenBytes = 0;
    for (let i = 0; i < count; i++) {
      const bytes = new Uint8Array(this.lengthOf(0));
      const whole = this.isWhole(0);
      this.take(bytes, 0, bytes.length);
      messages.push({ bytes, whole });
    }
    return messages;
  }

  private putBack({ bytes, whole }: WaitingMessage): void {
    this.makeRoom(bytes.length);
    this.addEntry(bytes.length, whole);
    this.append(bytes, 0, bytes.length);
  }

  private addEntry(length: number, whole: boolean): void {
    this.lengths[(this.messageHead + this.messageCount) & (this.lengths.length - 1)] =
      length + (whole ? WHOLE : 0);
    this.messageCount++;
  }

  private append(source: Uint8Array, offset: number, length: number): void {
    const mask = this.bytes.length - 1;
    let at = (this.byteHead + this.usedBytes) & mask;
    this.usedBytes += length;
    if (length <= 16 && at + length <= this.bytes.length) {
      // Prefixes are a few bytes: a loop beats the call and the view that set() needs.
      for (let i = 0; i < length; i++) this.bytes[at++] = source[offset + i]!;
      return;
    }
    const first = Math.min(length, this.bytes.length - at);
    this.bytes.set(source.subarray(offset, offset + first), at);
    if (first < length) this.bytes.set(source.subarray(offset + first, offset + length), 0);
  }

  private forget(length: number): void {
    const mask = this.lengths.length - 1;
    let rest = length;
    while (rest > 0) {
      const head = this.lengthOf(0);
      if (head > rest) {
        this.lengths[this.messageHead] = this.entry(0) - rest;
        this.takenBytes += rest;
        return;
      }
      rest -= head;
      this.takenBytes = 0;
      this.messageHead = (this.messageHead + 1) & mask;
      this.messageCount--;
    }
  }

  private makeRoom(length: number): void {
    const keptBytes = this.takenBytes + this.usedBytes;
    if (keptBytes + length > this.bytes.length) {
      let size = this.bytes.length;
      while (size < keptBytes + length) size *= 2;
      const bytes = new Uint8Array(size);
      const from = (this.byteHead - this.takenBytes) & (this.bytes.length - 1);
      const first = Math.min(keptBytes, this.bytes.length - from);
      bytes.set(this.bytes.subarray(from, from + first));
      bytes.set(this.bytes.subarray(0, keptBytes - first), first);
      this.bytes = bytes;
      this.byteHead = this.takenBytes;
    }
    if (this.messageCount === this.lengths.length) {
      const lengths = new Uint32Array(this.lengths.length * 2);
      for (let i = 0; i < this.messageCount; i++) lengths[i] = this.entry(i);
      this.lengths = lengths;
      this.messageHead = 0;
    }
  }
}
