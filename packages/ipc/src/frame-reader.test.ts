import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FRAME_HEADER_BYTES, FrameType } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { ProtocolError } from "./protocol-error.ts";

interface Frame {
  readonly type: FrameType;
  readonly body: Uint8Array;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function readAll(reader: FrameReader): Frame[] {
  const frames: Frame[] = [];
  while (reader.peek()) {
    frames.push({ type: reader.type, body: new Uint8Array(reader.body.copy()) });
    reader.advance();
  }
  return frames;
}

const frames = fc.array(
  fc.record({
    type: fc.constantFrom(...Object.values(FrameType)),
    body: fc
      .oneof(fc.nat(40), fc.integer({ min: 4000, max: 9000 }))
      .map((length) => Uint8Array.from({ length }, (_, index) => index * 31 + length)),
  }),
  { maxLength: 12 },
);

describe("frame reader", () => {
  it("gives the same frames however the stream is cut", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 5000 })), fc.nat(3), (sent, cuts, lag) => {
        const stream = join(sent.map(({ type, body }) => encodeFrame(type, body)));
        const reader = new FrameReader(9000);
        const got: Frame[] = [];
        let at = 0;
        let turn = 0;
        for (const cut of [...cuts, stream.length]) {
          reader.push(stream.slice(at, at + cut));
          at = Math.min(stream.length, at + cut);
          if (turn++ % (lag + 1) === 0) got.push(...readAll(reader));
        }
        got.push(...readAll(reader));
        expect(got.length).toBe(sent.length);
        for (const [index, frame] of got.entries()) {
          expect(frame.type).toBe(sent[index]!.type);
          expect(Buffer.compare(frame.body, sent[index]!.body)).toBe(0);
        }
        expect(reader.bufferedBytes).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("shows a frame again until it is taken", () => {
    const reader = new FrameReader(100);
    const frame = encodeFrame(FrameType.request, Uint8Array.of(1, 2, 3));
    reader.push(join([frame, frame.slice(0, 9)]));
    expect(reader.peek() && reader.peek()).toBe(true);
    expect(reader.body.copy()).toEqual(Uint8Array.of(1, 2, 3));
    reader.advance();
    expect(reader.peek()).toBe(false);
    reader.push(frame.slice(9));
    expect(reader.peek() && reader.peek()).toBe(true);
    expect(reader.body.copy()).toEqual(Uint8Array.of(1, 2, 3));
    expect(reader.bufferedBytes).toBe(FRAME_HEADER_BYTES + 3);
  });

  it("reads frames in place when they lie within a chunk", () => {
    const reader = new FrameReader(100);
    const chunk = encodeFrame(FrameType.event, Uint8Array.of(7));
    reader.push(chunk);
    expect(reader.peek()).toBe(true);
    expect(reader.body.bytes).toBe(chunk);
  });

  it("throws nothing but ProtocolError on random bytes", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 64 }), { maxLength: 20 }), (chunks) => {
        const reader = new FrameReader(1024);
        try {
          for (const chunk of chunks) {
            reader.push(chunk);
            for (const { body } of readAll(reader)) expect(body.length).toBeLessThanOrEqual(1024);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
          refused++;
        }
      }),
    );
    expect(refused).toBeGreaterThan(0);
  });

  it.each([
    ["a length above the limit", [0x65, 0, 0, 0, 0, 0, 0, 0], /101 bytes exceeds the limit of 100/],
    ["an unknown type", [1, 0, 0, 0, 5, 0, 0, 0], /0x5/],
    ["a flag", [1, 0, 0, 0, 1, 1, 0, 0], /0x101/],
    ["reserved bits", [1, 0, 0, 0, 1, 0, 0, 1], /0x1000001/],
  ])("refuses %s", (_, bytes, message) => {
    const whole = new FrameReader(100);
    whole.push(Uint8Array.from(bytes));
    expect(() => whole.peek()).toThrow(message);
    const split = new FrameReader(100);
    split.push(Uint8Array.from(bytes.slice(0, 3)));
    expect(split.peek()).toBe(false);
    split.push(Uint8Array.from(bytes.slice(3)));
    expect(() => split.peek()).toThrow(message);
  });
});
