import { byteText } from "../byte-text.ts";
import { LineError } from "../config-error.ts";

/** C reads lines into a buffer of 511 characters and needs room for the newline (spec config 1.1). */
const MAX_LINE_BYTES = 510;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Cuts a file into lines, without their ends. */
export function* cutLines(content: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline === -1 ? content.length : newline;
    yield content.subarray(start, end);
    start = end + 1;
  }
}

/**
 * The text of a line, without a carriage return at its end.
 * @throws LineError for a line of more than 510 bytes and for one with a NUL byte
 */
export function lineText(line: Uint8Array): string {
  if (line.length > MAX_LINE_BYTES) throw new LineError("Line too long");
  const text = byteText(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
  if (text.includes("\0")) throw new LineError("Line contains a NUL byte");
  return text;
}
