import { byteText } from "../byte-text.ts";
import { LineError } from "../config-error.ts";

/** C reads lines into a buffer of 511 characters and needs room for the newline (spec config 1.1). */
const MAX_LINE_BYTES = 510;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts a file into lines, without their ends and one carriage return before them.
 * @param startLine told the number of each line before it is checked, counting from 1
 * @throws LineError for a line of more than 510 bytes and for one with a NUL byte
 */
export function* fileLines(content: Uint8Array, startLine: (line: number) => void): Generator<string> {
  let line = 0;
  for (let start = 0; start < content.length; ) {
    startLine(++line);
    const newline = content.indexOf(NEWLINE, start);
    let end = newline === -1 ? content.length : newline;
    const next = end + 1;
    if (end - start > MAX_LINE_BYTES) throw new LineError("Line too long");
    if (end > start && content[end - 1] === CARRIAGE_RETURN) end--;
    const text = byteText(content.subarray(start, end));
    if (text.includes("\0")) throw new LineError("Line contains a NUL byte");
    yield text;
    start = next;
  }
}
