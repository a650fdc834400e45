/**
 * A piece of a longer buffer, with the view to read it. Spans are lent: whoever hands one out may
 * point it elsewhere as soon as the call returns, so a receiver copies what it keeps. That is what
 * lets a message travel from socket to client without an object of its own.
 */
export class ByteSpan {
  bytes: Uint8Array;
  view: DataView;
  /** Index of the first byte, in `bytes` and in `view` alike. */
  offset: number;
  /** Length in bytes. */
  length: number;

  constructor(bytes: Uint8Array, offset = 0, length = bytes.length - offset) {
    if (offset < 0 || length < 0 || offset + length > bytes.length) {
      throw new RangeError(`span ${offset}+${length} exceeds ${bytes.length} bytes`);
    }
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
    this.length = length;
  }

  /** Points the span at other bytes; `view` must cover `bytes` exactly. */
  pointAt(bytes: Uint8Array, view: DataView, offset: number, length: number): this {
    this.bytes = bytes;
    this.view = view;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /** The unsigned 32-bit number at a place in the span. */
  u32(at: number): number {
    return this.view.getUint32(this.offset + at, true);
  }

  /** The signed 32-bit number at a place in the span. */
  i32(at: number): number {
    return this.view.getInt32(this.offset + at, true);
  }

  /** Writes an unsigned 32-bit number at a place in the span. */
  setU32(at: number, value: number): void {
    this.view.setUint32(this.offset + at, value, true);
  }

  /** Writes a signed 32-bit number at a place in the span. */
  setI32(at: number, value: number): void {
    this.view.setInt32(this.offset + at, value, true);
  }

  /** The span's bytes as a view on the same memory, valid only as long as the loan. */
  subarray(from = 0, to = this.length): Uint8Array {
    return this.bytes.subarray(this.offset + from, this.offset + to);
  }

  /** The span's bytes in memory of their own. */
  copy(from = 0, to = this.length): Uint8Array {
    return this.bytes.slice(this.offset + from, this.offset + to);
  }

  /**
   * Copies the first `length` bytes to `target`, in words: for short spans, such as a token, half the time
   * of `Uint8Array.set`, and no view on the source is made.
   */
  copyTo(target: DataView, length = this.length): void {
    const { view, offset } = this;
    let i = 0;
    for (; i + 4 <= length; i += 4) target.setUint32(i, view.getUint32(offset + i, true), true);
    for (; i < length; i++) target.setUint8(i, view.getUint8(offset + i));
  }

  /** Copies `source` into the span at `at`. */
  write(at: number, source: Uint8Array): void {
    if (at + source.length > this.length)
      throw new RangeError(`write of ${source.length} at ${at} exceeds span of ${this.length}`);
    this.bytes.set(source, this.offset + at);
  }
}
