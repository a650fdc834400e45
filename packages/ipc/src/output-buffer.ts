import { ByteSpan } from "@corosync/codec";
import { type Chunk, type ChunkPool, LARGE_FRAME_BYTES } from "./chunk-pool.ts";
import { FRAME_HEADER_BYTES, type FrameType, writeFrameHeader } from "./frame.ts";

/** How much is handed to a channel before its other end took any of it, in bytes (spec ipc 10.5). */
const MAX_UNSENT_BYTES = 1024 * 1024;

/**
 * Gathers frames into chunks, in order, and hands the chunks to a channel, one write each. What the
 * channel cannot take waits here.
 */
export class OutputBuffer {
  #queuedBytes = 0;
  #unsentBytes = 0;
  #filling: Chunk | null = null;
  readonly #full: Chunk[] = [];
  readonly #unsent: Chunk[] = [];
  readonly #span = new ByteSpan(new Uint8Array(0));
  readonly #pool: ChunkPool;
  readonly #write: (bytes: Uint8Array) => void;

  /** @param write hands bytes to the channel; `written` follows for each call, in order */
  constructor(pool: ChunkPool, write: (bytes: Uint8Array) => void) {
    this.#pool = pool;
    this.#write = write;
  }

  /** Bytes not handed to the channel yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes reserved that have not left the channel. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#unsentBytes;
  }

  /** Appends a frame with a zeroed body of `lengthBytes`, to be filled before the next call. */
  reserve(type: FrameType, lengthBytes: number): ByteSpan {
    const frameBytes = FRAME_HEADER_BYTES + lengthBytes;
    const chunk = frameBytes > LARGE_FRAME_BYTES ? this.#ownChunk(frameBytes) : this.#roomFor(frameBytes);
    const at = chunk.used;
    writeFrameHeader(chunk.view, at, type, lengthBytes);
    chunk.used = at + frameBytes;
    this.#queuedBytes += frameBytes;
    return this.#span.pointAt(chunk.bytes, chunk.view, at + FRAME_HEADER_BYTES, lengthBytes);
  }

  /** Hands over as much as the channel may hold. */
  flush(): void {
    while (this.#queuedBytes > 0 && this.#unsentBytes < MAX_UNSENT_BYTES) this.#handOver();
  }

  /** Hands over everything, before the channel is ended. */
  flushAll(): void {
    while (this.#queuedBytes > 0) this.#handOver();
  }

  /** The oldest write has left the channel. */
  written(): void {
    const chunk = this.#unsent.shift();
    if (chunk === undefined) return;
    this.#unsentBytes -= chunk.used;
    this.#pool.giveBack(chunk);
  }

  /** Forgets everything; chunks that the channel may still read are left to it. */
  drop(): void {
    this.#full.length = 0;
    this.#unsent.length = 0;
    this.#filling = null;
    this.#queuedBytes = 0;
    this.#unsentBytes = 0;
  }

  #handOver(): void {
    let chunk = this.#full.shift();
    if (chunk === undefined) {
      chunk = this.#filling!;
      this.#filling = null;
    }
    this.#queuedBytes -= chunk.used;
    this.#unsentBytes += chunk.used;
    this.#unsent.push(chunk);
    this.#write(chunk.bytes.subarray(0, chunk.used));
  }

  #roomFor(frameBytes: number): Chunk {
    const filling = this.#filling;
    if (filling !== null) {
      if (filling.used + frameBytes <= filling.bytes.length) return filling;
      this.#full.push(filling);
    }
    this.#filling = this.#pool.take(frameBytes);
    return this.#filling;
  }

  #ownChunk(frameBytes: number): Chunk {
    if (this.#filling !== null) this.#full.push(this.#filling);
    this.#filling = null;
    const chunk = this.#pool.take(frameBytes);
    this.#full.push(chunk);
    return chunk;
  }
}
