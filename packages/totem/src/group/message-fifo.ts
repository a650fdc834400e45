import type { ByteSpan } from "@corosync/codec";

const FIRST_BYTES = 64 * 1024;
const FIRST_MESSAGES = 1024;

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
    return this.lengths[(this.messageHead + index) & (this.lengths.length - 1)]!;
  }

  /** Appends one message that consists of up to three pieces. */
  push(prefix: Uint8Array, header: ByteSpan, payload: ByteSpan | undefined): void {
    const length = prefix.length + header.length + (payload?.length ?? 0);
    this.makeRoom(length);
    this.lengths[(this.messageHead + this.messageCount) & (this.lengths.length - 1)] = length;
    this.messageCount++;
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
  removeFrom(index: number): Uint8Array[] {
    const all = this.takeMessages(this.messageCount);
    for (const message of all.slice(0, index)) this.pushWhole(message);
    return all.slice(index);
  }

  /** Puts messages in front of the `index`-th. */
  insertAt(index: number, messages: readonly Uint8Array[]): void {
    const behind = this.removeFrom(index);
    for (const message of [...messages, ...behind]) this.pushWhole(message);
  }

  private takeMessages(count: number): Uint8Array[] {
    const messages: Uint8Array[] = [];
    this.takenBytes = 0;
    for (let i = 0; i < count; i++) {
      const message = new Uint8Array(this.lengthOf(0));
      this.take(message, 0, message.length);
      messages.push(message);
    }
    return messages;
  }

  private pushWhole(message: Uint8Array): void {
    this.makeRoom(message.length);
    this.lengths[(this.messageHead + this.messageCount) & (this.lengths.length - 1)] = message.length;
    this.messageCount++;
    this.append(message, 0, message.length);
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
      const head = this.lengths[this.messageHead]!;
      if (head > rest) {
        this.lengths[this.messageHead] = head - rest;
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
      for (let i = 0; i < this.messageCount; i++) lengths[i] = this.lengthOf(i);
      this.lengths = lengths;
      this.messageHead = 0;
    }
  }
}
