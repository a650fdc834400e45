/** A chunk begins with its length in bytes and this word; what was overwritten has the other one. */
const MAGIC = 0xa1a1_a1a1;
const MAGIC_DEAD = 0xd0d0_d0d0;
const HEADER_WORDS = 2;
/** Free words that must remain besides those of a new chunk, as in libqb. */
const MARGIN_WORDS = 3;

/** State of a ring: positions and size in words of four bytes. */
export interface RingState {
  /** Where the next chunk goes. */
  readonly writeWord: number;
  /** Where the oldest chunk begins. */
  readonly readWord: number;
  readonly sizeWords: number;
}

/** libqb's ring buffer over little-endian words: new chunks overwrite the oldest. */
export class WordRing {
  readonly words: Uint32Array;
  #writeWord = 0;
  #readWord = 0;

  /** @param sizeWords more than the longest chunk needs */
  constructor(sizeWords: number) {
    this.words = new Uint32Array(sizeWords);
  }

  get state(): RingState {
    return { writeWord: this.#writeWord, readWord: this.#readWord, sizeWords: this.words.length };
  }

  /**
   * Appends a chunk, at the cost of the oldest ones.
   * @param chunk words that hold it, zero behind its last byte
   * @param lengthBytes its length
   */
  append(chunk: Uint32Array, lengthBytes: number): void {
    const { words } = this;
    const size = words.length;
    const chunkWords = Math.ceil(lengthBytes / 4);
    while (this.#freeWords() < chunkWords + MARGIN_WORDS) this.#dropOldest();
    const start = this.#writeWord;
    words[start] = lengthBytes;
    words[(start + 1) % size] = MAGIC;
    const data = (start + HEADER_WORDS) % size;
    const untilEnd = Math.min(chunkWords, size - data);
    words.set(chunk.subarray(0, untilEnd), data);
    words.set(chunk.subarray(untilEnd, chunkWords), 0);
    this.#writeWord = (data + chunkWords) % size;
  }

  #freeWords(): number {
    const { writeWord, readWord, sizeWords } = this.state;
    return freeWords(writeWord, readWord, sizeWords);
  }

  #dropOldest(): void {
    const { words } = this;
    const lengthBytes = words[this.#readWord]!;
    words[this.#readWord] = 0;
    words[(this.#readWord + 1) % words.length] = MAGIC_DEAD;
    this.#readWord = (this.#readWord + HEADER_WORDS + Math.ceil(lengthBytes / 4)) % words.length;
  }
}

/** Words between the newest chunk and the oldest; equal positions are an empty ring. */
export function freeWords(writeWord: number, readWord: number, sizeWords: number): number {
  if (writeWord === readWord) return sizeWords;
  return ((readWord - writeWord + sizeWords) % sizeWords) - 1;
}

/**
 * The chunks of a ring, oldest first, up to the first place that is none. Nothing of it is believed: the
 * lengths of all chunks together cannot pass the ring's size.
 * @param bytes the words of the ring
 */
export function* ringChunks(bytes: Uint8Array, { writeWord, readWord, sizeWords }: RingState) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, sizeWords * 4);
  const word = (index: number) => view.getUint32((index % sizeWords) * 4, true);
  let at = readWord;
  for (let left = sizeWords; left > HEADER_WORDS; ) {
    if (at === writeWord || word(at + 1) !== MAGIC) return;
    const lengthBytes = word(at);
    const chunkWords = Math.ceil(lengthBytes / 4);
    left -= HEADER_WORDS + chunkWords;
    if (left < 0) return;
    yield cut(bytes, ((at + HEADER_WORDS) % sizeWords) * 4, lengthBytes, sizeWords * 4);
    at = (at + HEADER_WORDS + chunkWords) % sizeWords;
  }
}

/** A copy of a piece that may go on at the ring's beginning. */
function cut(bytes: Uint8Array, start: number, length: number, size: number): Uint8Array {
  const piece = new Uint8Array(length);
  const untilEnd = Math.min(length, size - start);
  piece.set(bytes.subarray(start, start + untilEnd));
  piece.set(bytes.subarray(0, length - untilEnd), untilEnd);
  return piece;
}
