const CHUNK_BYTES = 4096;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * The file is bytes in no known encoding, so everything read from it is kept as text of one character
 * a byte (spec config 18.1). Only what people or resolvers see is decoded. (TextDecoder's "latin1" is
 * windows-1252, which would change the bytes 0x80 to 0x9f.)
 */
export function byteText(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return text;
}

/** The bytes that a text of one character a byte stands for. */
export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A text of one character a byte, read as UTF-8; bytes that are not UTF-8 become U+FFFD. */
export function displayText(text: string): string {
  return utf8.decode(bytesOfText(text));
}

/** The text of one character a byte for a string: the inverse of `displayText`. */
export function storedText(text: string): string {
  return byteText(encoder.encode(text));
}
