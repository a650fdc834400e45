import type { ByteChannel, ByteSink, EventLoop } from "./byte-channel.ts";

const SHORT_BYTES = 1024;
const SLAB_BYTES = 8 * 1024;
const NO_SINK: ByteSink = { received() {}, written() {}, ended() {}, gone() {} };

/** One end of a pipe within the process. What one end writes the other receives in a later turn. */
export class MemoryChannel implements ByteChannel {
  sink: ByteSink = NO_SINK;
  #other: MemoryChannel = this;
  readonly #loop: EventLoop;
  /** Bytes from the other end that were not received yet; null is the end of the stream. */
  #inbox: (Uint8Array | null)[] = [];
  #slab = new Uint8Array(0);
  #slabAt = 0;
  #paused = false;
  #scheduled = false;
  /** Whether this end sent the end of the stream, or had it sent. */
  #endSent = false;
  #endReceived = false;
  #gone = false;
  readonly #run = (): void => this.#deliver();

  private constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  static pair(loop: EventLoop): [MemoryChannel, MemoryChannel] {
    const one = new MemoryChannel(loop);
    const two = new MemoryChannel(loop);
    one.#other = two;
    two.#other = one;
    return [one, two];
  }

  write(bytes: Uint8Array): void {
    if (!this.#endSent) this.#other.#put(this.#copy(bytes));
  }

  /** The other end owns what it receives. Short copies share an allocation, which is never used again. */
  #copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > SHORT_BYTES) return bytes.slice();
    if (this.#slabAt + length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#slabAt = 0;
    }
    const copy = this.#slab.subarray(this.#slabAt, this.#slabAt + length);
    copy.set(bytes);
    this.#slabAt += length;
    return copy;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  end(): void {
    if (this.#endSent) return;
    this.#endSent = true;
    this.#other.#put(null);
    this.#schedule();
  }

  destroy(): void {
    this.end();
    this.#inbox = [];
    this.#endReceived = true;
    this.#schedule();
  }

  #put(item: Uint8Array | null): void {
    if (this.#endReceived) return;
    this.#inbox.push(item);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#gone) return;
    this.#scheduled = true;
    this.#loop.schedule(this.#run);
  }

  #deliver(): void {
    this.#scheduled = false;
    while (!this.#paused && this.#inbox.length > 0) {
      const item = this.#inbox.shift()!;
      if (item === null) {
        this.#endReceived = true;
        this.#inbox = [];
        this.sink.ended(null);
      } else {
        this.#other.sink.written();
        this.sink.received(item);
      }
    }
    if (!this.#endSent || !this.#endReceived || this.#gone) return;
    this.#gone = true;
    this.sink.gone();
  }
}
