import { type RingState, WordRing } from "./word-ring.ts";

/** C Corosync's recorder: 8 MiB and a page (spec config 9.7). */
const DEFAULT_SIZE_WORDS = 2_098_176;
/** Longest message that libqb reads, with the bytes that stand around the text. */
const MAX_MESSAGE_BYTES = 512;
const MAX_FUNCTION_BYTES = 64;
/** Numbers and lengths of an entry, without its texts. */
const FIXED_BYTES = 4 + 4 + 1 + 4 + 16 + 4;
const SCRATCH_BYTES = Math.ceil((FIXED_BYTES + MAX_FUNCTION_BYTES + MAX_MESSAGE_BYTES) / 4) * 4;
/** What is recorded is a printf format with its arguments; ours has one. */
const FORMAT = new TextEncoder().encode("%s\0");

/** One message as it is recorded. */
export interface FlightEntry {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** 0 (emerg) to 8 (trace). */
  readonly level: number;
  /** Number of the subsystem. */
  readonly tag: number;
  /** The function that wrote it, or another name for where it comes from. */
  readonly function: string;
  readonly line: number;
  readonly text: string;
}

/**
 * The last messages of a program, of all levels, in memory of a fixed size. Recording allocates nothing and
 * cannot fail; texts beyond about 500 bytes are cut.
 */
export class FlightRecorder {
  readonly #ring: WordRing;
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);
  readonly #scratchWords = new Uint32Array(this.#scratch.buffer);
  readonly #view = new DataView(this.#scratch.buffer);
  readonly #encoder = new TextEncoder();

  /** @param sizeWords memory in words of four bytes, at least 1024 */
  constructor(sizeWords = DEFAULT_SIZE_WORDS) {
    if (sizeWords < 1024) throw new RangeError(`a flight recorder has at least 1024 words, not ${sizeWords}`);
    this.#ring = new WordRing(sizeWords);
  }

  /** Positions in the ring. */
  get state(): RingState {
    return this.#ring.state;
  }

  /** The memory itself, which the next entry changes. */
  get words(): Uint32Array {
    return this.#ring.words;
  }

  /** Writes an entry over the oldest ones. */
  record({ timeMs, level, tag, function: name, line, text }: FlightEntry): void {
    const view = this.#view;
    view.setUint32(0, line, true);
    view.setUint32(4, tag, true);
    view.setUint8(8, level);
    const nameBytes = this.#put(13, name, MAX_FUNCTION_BYTES);
    view.setUint32(9, nameBytes, true);
    const timeAt = 13 + nameBytes;
    const seconds = Math.floor(timeMs / 1000);
    setUint64(view, timeAt, seconds);
    setUint64(view, timeAt + 8, Math.round((timeMs - seconds * 1000) * 1e6));
    const messageAt = timeAt + 20;
    this.#scratch.set(FORMAT, messageAt);
    const textBytes = this.#put(messageAt + FORMAT.length, text, MAX_MESSAGE_BYTES - FORMAT.length);
    const messageBytes = FORMAT.length + textBytes;
    view.setUint32(timeAt + 16, messageBytes, true);
    const end = messageAt + messageBytes;
    this.#scratch.fill(0, end, Math.ceil(end / 4) * 4);
    this.#ring.append(this.#scratchWords, end);
  }

  /** Writes a text with the NUL that ends it. @returns how many bytes that took, at most `limit` */
  #put(at: number, text: string, limit: number): number {
    const { written } = this.#encoder.encodeInto(text, this.#scratch.subarray(at, at + limit - 1));
    this.#scratch[at + written] = 0;
    return written + 1;
  }
}

function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}
