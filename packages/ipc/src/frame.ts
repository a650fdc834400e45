/**
 * Frames of the stream carrier (spec ipc 10.5): u32 body length, u8 type, u8 flags (0), u16 reserved
 * (0), then the body; little-endian.
 */
export const FRAME_HEADER_BYTES = 8;

export const FrameType = {
  request: 0,
  response: 1,
  event: 2,
  /** Body: u32 flow-control word (spec ipc 5.6). */
  flowControl: 3,
  /** Body: 16 random bytes that name the proof. */
  identityChallenge: 16,
  /** No body: the proof is in place. */
  identityProof: 17,
  /** Body: i32, 0 or the negative errno of a refusal. Ends the identification. */
  admission: 18,
} as const;

export type FrameType = (typeof FrameType)[keyof typeof FrameType];

const NAMES: readonly (string | undefined)[] = Object.entries(FrameType).reduce<(string | undefined)[]>(
  (names, [name, type]) => {
    names[type] = name;
    return names;
  },
  [],
);

export function isFrameType(type: number): type is FrameType {
  return NAMES[type] !== undefined;
}

/** For log lines: `request`, or the number of a type that has no name. */
export function frameTypeName(type: number): string {
  return NAMES[type] ?? `type ${type}`;
}

/** Writes a frame's header at `at`. */
export function writeFrameHeader(view: DataView, at: number, type: FrameType, lengthBytes: number): void {
  view.setUint32(at, lengthBytes, true);
  view.setUint32(at + 4, type, true);
}

/** A whole frame in memory of its own, for the few that are not messages. */
export function encodeFrame(type: FrameType, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + body.length);
  writeFrameHeader(new DataView(frame.buffer), 0, type, body.length);
  frame.set(body, FRAME_HEADER_BYTES);
  return frame;
}
