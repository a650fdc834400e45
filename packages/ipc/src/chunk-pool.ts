/** Output bytes on their way to one write. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes filled so far, from the start. */
  used: number;
}

/** Frames of more than this get a chunk of their own: copying them together gains nothing. */
export const LARGE_FRAME_BYTES = 32 * 1024;

/** Chunks for large frames come in powers of two, so that they can be used again. */
const LARGEST_KEPT_BYTES = 2 * 1024 * 1024;

function newChunk(lengthBytes: number): Chunk {
  const bytes = new Uint8Array(lengthBytes);
  return { bytes, view: new DataView(bytes.buffer), used: 0 };
}

/**
 * Chunks for reuse by all connections of one end. Bytes handed out are always zero: what one client
 * was sent must not show in the padding of another one's messages.
 */
export class ChunkPool {
  /** Free chunks by the binary logarithm of their length. */
  readonly #free: Chunk[][] = Array.from({ length: 32 }, () => []);
  #freeBytes = 0;
  readonly #chunkBytes: number;
  readonly #maxFreeBytes: number;

  constructor(chunkBytes = 64 * 1024, maxFreeBytes = 4 * 1024 * 1024) {
    this.#chunkBytes = chunkBytes;
    this.#maxFreeBytes = maxFreeBytes;
  }

  /** An empty chunk of at least `leastBytes`. */
  take(leastBytes: number): Chunk {
    const bits = 32 - Math.clz32(Math.max(leastBytes, this.#chunkBytes) - 1);
    const chunk = this.#free[bits]!.pop();
    if (chunk === undefined) return newChunk(1 << bits);
    this.#freeBytes -= chunk.bytes.length;
    return chunk;
  }

  giveBack(chunk: Chunk): void {
    const lengthBytes = chunk.bytes.length;
    if (lengthBytes > LARGEST_KEPT_BYTES || this.#freeBytes + lengthBytes > this.#maxFreeBytes) return;
    chunk.bytes.fill(0, 0, chunk.used);
    chunk.used = 0;
    this.#freeBytes += lengthBytes;
    this.#free[31 - Math.clz32(lengthBytes)]!.push(chunk);
  }
}
