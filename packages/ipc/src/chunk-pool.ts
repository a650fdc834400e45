/** Output bytes on their way to one write. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes filled so far, from the start. */
  used: number;
}

/** Frames of more than this get a chunk of their own: copying them together gains nothing. */
export const LARGE_FRAME_BYTES = 32 * 1024;

export function newChunk(lengthBytes: number): Chunk {
  const bytes = new Uint8Array(lengthBytes);
  return { bytes, view: new DataView(bytes.buffer), used: 0 };
}

/**
 * Chunks for reuse by all connections of one end. Bytes handed out are always zero: what one client
 * was sent must not show in the padding of another one's messages.
 */
export class ChunkPool {
  readonly #free: Chunk[] = [];
  readonly #chunkBytes: number;
  readonly #maxFree: number;

  constructor(chunkBytes = 64 * 1024, maxFree = 32) {
    this.#chunkBytes = chunkBytes;
    this.#maxFree = maxFree;
  }

  take(): Chunk {
    return this.#free.pop() ?? newChunk(this.#chunkBytes);
  }

  giveBack(chunk: Chunk): void {
    if (chunk.bytes.length !== this.#chunkBytes || this.#free.length >= this.#maxFree) return;
    chunk.bytes.fill(0, 0, chunk.used);
    chunk.used = 0;
    this.#free.push(chunk);
  }
}
