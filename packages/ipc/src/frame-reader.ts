import { ByteSpan } from "@corosync/codec";
import { FRAME_HEADER_BYTES, type FrameType, isFrameType } from "./frame.ts";
import { ProtocolError } from "./protocol-error.ts";

const NOTHING: Uint8Array = new Uint8Array(0);
const NOTHING_VIEW: DataView = new DataView(NOTHING.buffer);
const CARRY_START_BYTES = 4096;
const CARRY_KEEP_BYTES = 128 * 1024;

/**
 * Cuts a byte stream into frames. Frames are read where they lie in the chunks that were pushed; only
 * a frame that crosses a chunk's end is copied together. `peek` shows the next frame until `advance`
 * takes it, so that a request can be put off and shown again.
 */
export class FrameReader {
  /** Body of the frame that `peek` found; valid until the next `peek`. */
  readonly body = new ByteSpan(NOTHING);
  #type: FrameType = 0;
  #chunk = NOTHING;
  #view = NOTHING_VIEW;
  #at = 0;
  readonly #queue: Uint8Array[] = [];
  #carry = NOTHING;
  #carryView = NOTHING_VIEW;
  #carryLength = 0;
  readonly #maxBodyBytes: number;

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Type of the frame that `peek` found. */
  get type(): FrameType {
    return this.#type;
  }

  /** Bytes received and not taken yet. */
  get bufferedBytes(): number {
    let bytes = this.#carryLength + this.#chunk.length - this.#at;
    for (const chunk of this.#queue) bytes += chunk.length;
    return bytes;
  }

  /** Takes over `chunk`, which must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#at === this.#chunk.length && this.#queue.length === 0) this.#enter(chunk);
    else this.#queue.push(chunk);
  }

  /**
   * Whether a whole frame is there; `type` and `body` then show it.
   *
   * @throws ProtocolError for a header that no frame can have; the stream is lost from there on
   */
  peek(): boolean {
    if (this.#carryLength > 0) return this.#peekCarried();
    const left = this.#chunk.length - this.#at;
    if (left >= FRAME_HEADER_BYTES) {
      const length = this.#checkHeader(this.#view, this.#at);
      if (left >= FRAME_HEADER_BYTES + length) {
        this.body.pointAt(this.#chunk, this.#view, this.#at + FRAME_HEADER_BYTES, length);
        return true;
      }
    }
    if (left === 0) return this.#enterNext() && this.peek();
    this.#carryOver(left);
    return this.#peekCarried();
  }

  /** Takes the frame that `peek` found. */
  advance(): void {
    if (this.#carryLength === 0) {
      this.#at += FRAME_HEADER_BYTES + this.body.length;
      return;
    }
    this.#carryLength = 0;
    if (this.#carry.length > CARRY_KEEP_BYTES && this.#at === this.#chunk.length) {
      this.#carry = NOTHING;
      this.#carryView = NOTHING_VIEW;
    }
  }

  #peekCarried(): boolean {
    if (this.#carryLength < FRAME_HEADER_BYTES && !this.#fillCarry(FRAME_HEADER_BYTES)) return false;
    const length = this.#checkHeader(this.#carryView, 0);
    if (!this.#fillCarry(FRAME_HEADER_BYTES + length)) return false;
    this.body.pointAt(this.#carry, this.#carryView, FRAME_HEADER_BYTES, length);
    return true;
  }

  /** Copies from the chunks until the carry holds `lengthBytes`. */
  #fillCarry(lengthBytes: number): boolean {
    while (this.#carryLength < lengthBytes) {
      const left = this.#chunk.length - this.#at;
      if (left > 0) this.#carryOver(Math.min(left, lengthBytes - this.#carryLength));
      else if (!this.#enterNext()) return false;
    }
    return true;
  }

  #carryOver(count: number): void {
    const length = this.#carryLength + count;
    if (length > this.#carry.length) this.#growCarry(length);
    this.#carry.set(this.#chunk.subarray(this.#at, this.#at + count), this.#carryLength);
    this.#carryLength = length;
    this.#at += count;
  }

  /** Grows with the bytes that came, not with the length that was claimed. */
  #growCarry(lengthBytes: number): void {
    const most = FRAME_HEADER_BYTES + this.#maxBodyBytes;
    const grown = new Uint8Array(Math.min(most, Math.max(CARRY_START_BYTES, 2 * lengthBytes)));
    grown.set(this.#carry.subarray(0, this.#carryLength));
    this.#carry = grown;
    this.#carryView = new DataView(grown.buffer);
  }

  #checkHeader(view: DataView, at: number): number {
    const length = view.getUint32(at, true);
    if (length > this.#maxBodyBytes)
      throw new ProtocolError(`frame of ${length} bytes exceeds the limit of ${this.#maxBodyBytes}`);
    const word = view.getUint32(at + 4, true);
    if (!isFrameType(word))
      throw new ProtocolError(`frame header has unknown type or flags 0x${word.toString(16)}`);
    this.#type = word;
    return length;
  }

  #enter(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#at = 0;
  }

  /** Goes on to the next chunk, or lets go of the last one. */
  #enterNext(): boolean {
    const next = this.#queue.shift();
    if (next !== undefined) {
      this.#enter(next);
      return true;
    }
    this.#chunk = NOTHING;
    this.#view = NOTHING_VIEW;
    this.#at = 0;
    return false;
  }
}
