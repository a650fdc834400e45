import type { FlightEntry, FlightRecorder } from "./flight-recorder.ts";
import { printfMessage } from "./printf-message.ts";
import { freeWords, type RingState, ringChunks } from "./word-ring.ts";

/** Five words at the start of files whose times have nanoseconds; older ones begin with the ring's header. */
const MARK = [0, 0xccbb_ccbb, 0xbbcc_bbcc, 2, 0] as const;
const HEADER_BYTES = 20;
const RING_VERSION = 1;
/** Numbers and lengths of an entry before its function's name. */
const FIXED_BYTES = 13;

/** A file that is no flight recorder's, or a damaged one. */
export class FlightDataError extends Error {
  override readonly name = "FlightDataError";
}

/** What a file tells of itself. */
export interface FlightDataSummary extends RingState {
  readonly freeBytes: number;
}

/** The content of a file as libqb writes it, of what a recorder holds now. */
export function encodeFlightData(recorder: FlightRecorder): Uint8Array {
  const { writeWord, readWord, sizeWords } = recorder.state;
  const file = new Uint8Array(2 * HEADER_BYTES + sizeWords * 4);
  const view = new DataView(file.buffer);
  const sum = (sizeWords + writeWord + readWord + RING_VERSION) >>> 0;
  [...MARK, sizeWords, writeWord, readWord, RING_VERSION, sum].forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  const { buffer, byteOffset, byteLength } = recorder.words;
  file.set(new Uint8Array(buffer, byteOffset, byteLength), 2 * HEADER_BYTES);
  return file;
}

/**
 * Reads a file of ours or of C Corosync on a little-endian machine of 64 bits.
 * @returns the entries, oldest first, made as they are asked for; an entry that cannot be read throws
 * @throws FlightDataError when it is no such file
 */
export function readFlightData(file: Uint8Array): {
  readonly summary: FlightDataSummary;
  readonly entries: Iterable<FlightEntry>;
} {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const marked =
    file.length >= HEADER_BYTES && MARK.every((word, index) => view.getUint32(index * 4, true) === word);
  const headerAt = marked ? HEADER_BYTES : 0;
  if (file.length < headerAt + HEADER_BYTES) throw new FlightDataError("the file is too short");
  const word = (index: number) => view.getUint32(headerAt + index * 4, true);
  const [sizeWords, writeWord, readWord, version, sum] = [word(0), word(1), word(2), word(3), word(4)];
  if (sum !== (sizeWords + writeWord + readWord + version) >>> 0) {
    throw new FlightDataError("the header's sum is wrong");
  }
  if (version !== RING_VERSION) throw new FlightDataError(`version ${version} is not known`);
  const bytes = file.subarray(headerAt + HEADER_BYTES);
  if (bytes.length < sizeWords * 4) {
    throw new FlightDataError(`${bytes.length} bytes of ${sizeWords * 4} are there`);
  }
  if (writeWord >= sizeWords || readWord >= sizeWords)
    throw new FlightDataError("a position is out of range");
  const state = { writeWord, readWord, sizeWords };
  return {
    summary: { ...state, freeBytes: freeWords(writeWord, readWord, sizeWords) * 4 },
    entries: entries(bytes, state, marked),
  };
}

function* entries(bytes: Uint8Array, state: RingState, withNanoseconds: boolean) {
  for (const chunk of ringChunks(bytes, state)) yield readEntry(chunk, withNanoseconds);
}

function readEntry(chunk: Uint8Array, withNanoseconds: boolean): FlightEntry {
  const timeBytes = withNanoseconds ? 16 : 8;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const nameBytes = chunk.length < FIXED_BYTES ? 0 : view.getUint32(9, true);
  const timeAt = FIXED_BYTES + nameBytes;
  const messageAt = timeAt + timeBytes + 4;
  if (nameBytes === 0 || messageAt > chunk.length) throw new FlightDataError("an entry is damaged");
  const messageBytes = view.getUint32(messageAt - 4, true);
  if (messageBytes === 0 || messageAt + messageBytes > chunk.length) {
    throw new FlightDataError(`an entry's message of ${messageBytes} bytes is out of bounds`);
  }
  const seconds = Number(view.getBigInt64(timeAt, true));
  const nanoseconds = withNanoseconds ? Number(view.getBigInt64(timeAt + 8, true)) : 0;
  return {
    line: view.getUint32(0, true),
    tag: view.getUint32(4, true),
    level: view.getUint8(8),
    function: text(chunk.subarray(FIXED_BYTES, timeAt)),
    timeMs: seconds * 1000 + Math.floor(nanoseconds / 1e6),
    text: printfMessage(chunk.subarray(messageAt, messageAt + messageBytes)),
  };
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
