import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ANSWER_HEAD_BYTES,
  answerLength,
  decodeAnswer,
  decodeHello,
  encodeHello,
  encodeLibqbRefusal,
  encodeStreamAnswer,
  LIBQB_REPLY_BYTES,
  STREAM_ANSWER_BYTES,
} from "./handshake.ts";

interface Recorded {
  readonly label: string;
  readonly requestHex?: string;
  readonly responseLength: number;
  readonly responseHeadHex: string;
  readonly fields: { readonly error: number; readonly connection_type: number };
}

const vectors: { handshakes: Recorded[] } = JSON.parse(
  readFileSync(new URL("../test/vectors/handshake.json", import.meta.url), "utf8"),
);

function fromHex(hex: string, length = hex.length / 2): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(Buffer.from(hex, "hex"));
  return bytes;
}

describe("recorded handshakes of libqb", () => {
  it.each(vectors.handshakes)("$label", (recorded) => {
    if (recorded.requestHex !== undefined)
      expect(decodeHello(fromHex(recorded.requestHex))).toEqual({
        kind: "libqb",
        maxMessageBytes: 1_048_576,
      });
    const reply = fromHex(recorded.responseHeadHex, recorded.responseLength);
    expect(answerLength(reply.subarray(0, ANSWER_HEAD_BYTES))).toBe(LIBQB_REPLY_BYTES);
    expect(decodeAnswer(reply)).toEqual({
      kind: "libqb",
      error: recorded.fields.error,
      connectionType: recorded.fields.connection_type,
    });
  });

  it("covers hellos and a refusal that is written byte for byte", () => {
    const refusal = vectors.handshakes.find(({ fields }) => fields.error === -13);
    expect(vectors.handshakes.some(({ requestHex }) => requestHex !== undefined)).toBe(true);
    expect(encodeLibqbRefusal(-13)).toEqual(fromHex(refusal!.responseHeadHex, refusal!.responseLength));
  });
});

describe("handshake of the stream carrier", () => {
  it("is a hello that libqb takes for its own", () => {
    const hello = encodeHello(1_048_576, 1);
    const plain = hello.slice();
    for (const at of [4, 12, 20]) plain.fill(0, at, at + 4);
    expect(plain).toEqual(fromHex(vectors.handshakes[0]!.requestHex!));
    expect(Buffer.from(hello.subarray(4, 8)).toString()).toBe("TSIP");
  });

  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ max: 0 }), fc.maxSafeNat(), (max, features, error, id) => {
        expect(decodeHello(encodeHello(max, features))).toEqual({
          kind: "stream",
          version: 1,
          features,
          maxMessageBytes: Math.max(max, 12328),
        });
        const answer = { error: error | 0, features, maxMessageBytes: max, connectionNumber: id };
        const bytes = encodeStreamAnswer(answer);
        expect(answerLength(bytes)).toBe(STREAM_ANSWER_BYTES);
        expect(decodeAnswer(bytes)).toEqual({ kind: "stream", ...answer });
      }),
    );
  });

  it("knows what is neither", () => {
    expect(decodeHello(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n"))).toMatchObject({ kind: "unknown" });
    expect(answerLength(Buffer.from("HTTP/1.1 400 Bad Request"))).toBe(0);
    const wrongSize = encodeStreamAnswer({ error: 0, features: 0, maxMessageBytes: 1, connectionNumber: 1 });
    wrongSize[8] = 41;
    expect(answerLength(wrongSize)).toBe(0);
  });
});
