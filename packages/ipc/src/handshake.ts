/**
 * What the two ends say before the first message (spec ipc 3.1, 3.2, 10.5). All integers are
 * little-endian; libqb's structures are those of its 64-bit ABI.
 */
export const HELLO_BYTES = 24;
export const STREAM_ANSWER_BYTES = 40;
export const LIBQB_REPLY_BYTES = 12328;
/** The part of an answer that tells its kind and length. */
export const ANSWER_HEAD_BYTES = 16;

const STREAM_VERSION = 1;
/** The client can prove who it is by owning a directory; in an answer: prove it now. */
export const FEATURE_PROVE_IDENTITY = 1;

/** libqb raises every client's wish to this. */
const LEAST_MAX_MESSAGE_BYTES = 12328;

const AUTHENTICATE = -1;
const MAGIC = 0x50495354; // "TSIP"
const STREAM_CONNECTION_TYPE = 0x5453;

/** The first bytes of a peer: one of ours, a program that uses libqb, or neither. */
export type Hello =
  | {
      readonly kind: "stream";
      readonly version: number;
      readonly features: number;
      readonly maxMessageBytes: number;
    }
  | { readonly kind: "libqb"; readonly maxMessageBytes: number }
  | { readonly kind: "unknown"; readonly id: number };

export function encodeHello(maxMessageBytes: number, features: number): Uint8Array {
  const bytes = new Uint8Array(HELLO_BYTES);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, AUTHENTICATE, true);
  view.setUint32(4, MAGIC, true);
  view.setInt32(8, HELLO_BYTES, true);
  view.setUint32(12, STREAM_VERSION, true);
  view.setUint32(16, maxMessageBytes, true);
  view.setUint32(20, features, true);
  return bytes;
}

/** Reads the 24 bytes of a hello. libqb checks nothing but the id, and never looks at padding. */
export function decodeHello(bytes: Uint8Array): Hello {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HELLO_BYTES);
  const id = view.getInt32(0, true);
  if (id !== AUTHENTICATE) return { kind: "unknown", id };
  const maxMessageBytes = Math.max(view.getUint32(16, true), LEAST_MAX_MESSAGE_BYTES);
  if (view.getUint32(4, true) !== MAGIC) return { kind: "libqb", maxMessageBytes };
  return {
    kind: "stream",
    version: view.getUint32(12, true),
    features: view.getUint32(20, true),
    maxMessageBytes,
  };
}

export interface StreamAnswer {
  /** 0 or a negative errno. */
  readonly error: number;
  readonly features: number;
  readonly maxMessageBytes: number;
  readonly connectionNumber: number;
}

export function encodeStreamAnswer(answer: StreamAnswer): Uint8Array {
  const bytes = new Uint8Array(STREAM_ANSWER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, AUTHENTICATE, true);
  view.setUint32(4, MAGIC, true);
  view.setInt32(8, STREAM_ANSWER_BYTES, true);
  view.setUint32(12, STREAM_VERSION, true);
  view.setInt32(16, answer.error, true);
  view.setUint32(20, answer.features, true);
  view.setUint32(24, STREAM_CONNECTION_TYPE, true);
  view.setUint32(28, answer.maxMessageBytes, true);
  view.setUint32(32, answer.connectionNumber >>> 0, true);
  view.setUint32(36, Math.floor(answer.connectionNumber / 0x1_0000_0000), true);
  return bytes;
}

/** libqb's answer that refuses a client with a negative errno. */
export function encodeLibqbRefusal(error: number): Uint8Array {
  const bytes = new Uint8Array(LIBQB_REPLY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, AUTHENTICATE, true);
  view.setInt32(8, LIBQB_REPLY_BYTES, true);
  view.setInt32(16, error, true);
  return bytes;
}

/** What a client was answered: by one of ours, or by a daemon that speaks libqb only. */
export type Answer =
  | ({ readonly kind: "stream" } & StreamAnswer)
  | { readonly kind: "libqb"; readonly error: number; readonly connectionType: number };

/** The whole length of the answer that starts with these 16 bytes, or 0 when none starts so. */
export function answerLength(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, ANSWER_HEAD_BYTES);
  const size = view.getInt32(8, true);
  if (view.getInt32(0, true) !== AUTHENTICATE) return 0;
  const expected = view.getUint32(4, true) === MAGIC ? STREAM_ANSWER_BYTES : LIBQB_REPLY_BYTES;
  return size === expected ? size : 0;
}

/** Reads a whole answer, of the length that `answerLength` told. */
export function decodeAnswer(bytes: Uint8Array): Answer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const error = view.getInt32(16, true);
  if (bytes.length === LIBQB_REPLY_BYTES)
    return { kind: "libqb", error, connectionType: view.getInt32(24, true) };
  return {
    kind: "stream",
    error,
    features: view.getUint32(20, true),
    maxMessageBytes: view.getUint32(28, true),
    connectionNumber: view.getUint32(32, true) + view.getUint32(36, true) * 0x1_0000_0000,
  };
}
