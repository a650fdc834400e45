import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Authkey } from "../authkey.ts";
import { fillSystemRandom } from "../system-random.ts";
import { CIPHER_NAMES, HASH_NAMES } from "./cipher-suite.ts";
import type { EnvelopeOptions } from "./envelope-options.ts";
import { openFailureReason } from "./open-failure-reason.ts";
import { createOpensslEnvelope } from "./openssl-envelope.ts";
import { OpenFailure, type PacketEnvelope } from "./packet-envelope.ts";
import { createPortableEnvelope } from "./portable-envelope.ts";

const key = new Authkey(Uint8Array.from({ length: 200 }, (_, i) => (i * 37 + 11) & 0xff));

interface Implementation {
  name: string;
  seals: PacketEnvelope;
  opens: PacketEnvelope;
}

/** Each implementation with itself, and each opening what the other sealed. */
function combinationsOf(options: EnvelopeOptions): Implementation[] {
  const openssl = createOpensslEnvelope(options)!;
  const name = `${options.cipher}/${options.hash}`;
  if (options.cipher === "3des") return [{ name: `${name} openssl`, seals: openssl, opens: openssl }];
  const portable = createPortableEnvelope(options)!;
  return [
    { name: `${name} openssl`, seals: openssl, opens: openssl },
    { name: `${name} portable`, seals: portable, opens: portable },
    { name: `${name} openssl to portable`, seals: openssl, opens: portable },
    { name: `${name} portable to openssl`, seals: portable, opens: openssl },
  ];
}

const combinations = CIPHER_NAMES.flatMap((cipher) =>
  HASH_NAMES.slice(1).flatMap((hash) => combinationsOf({ cipher, hash, key, fillRandom: fillSystemRandom })),
);

const plaintext = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.integer({ min: 0, max: 1600 }).map((length) => new Uint8Array(length).fill(length)),
);

function sealedPacket(by: PacketEnvelope, plain: Uint8Array): Uint8Array {
  const packet = new Uint8Array(by.sealedLength(plain.length));
  expect(by.seal(plain, 0, plain.length, packet, 0)).toBe(packet.length);
  return packet;
}

/** Whether all but the range is still 0xcc. */
function untouched(buffer: Uint8Array, offset: number, length: number): boolean {
  return buffer.every((byte, at) => byte === 0xcc || (at >= offset && at < offset + length));
}

describe.each(combinations)("$name", ({ seals, opens }) => {
  it("opens what was sealed, at any place of any buffer", () => {
    fc.assert(
      fc.property(plaintext, fc.nat(40), fc.nat(40), (plain, before, after) => {
        const from = new Uint8Array(before + plain.length + after);
        from.set(plain, before);
        const sealedLength = seals.sealedLength(plain.length);
        expect(sealedLength - plain.length).toBeLessThanOrEqual(seals.overheadBytes);
        const wire = new Uint8Array(after + sealedLength + before).fill(0xcc);
        expect(seals.seal(from, before, plain.length, wire, after)).toBe(sealedLength);
        expect(untouched(wire, after, sealedLength)).toBe(true);
        const out = new Uint8Array(before + plain.length + after).fill(0xcc);
        expect(opens.open(wire, after, sealedLength, out, before)).toBe(plain.length);
        expect(Buffer.compare(out.subarray(before, before + plain.length), plain)).toBe(0);
        expect(untouched(out, before, plain.length)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("seals and opens in place", () => {
    const plain = Uint8Array.from({ length: 57 }, (_, i) => i);
    const buffer = new Uint8Array(300);
    buffer.set(plain, 10);
    const sealedLength = seals.seal(buffer, 10, plain.length, buffer, 0);
    expect(opens.open(buffer, 0, sealedLength, buffer, 3)).toBe(plain.length);
    expect(buffer.subarray(3, 3 + plain.length)).toEqual(plain);
  });

  it("refuses every packet with one byte changed", () => {
    const out = new Uint8Array(300);
    const packet = sealedPacket(
      seals,
      Uint8Array.from({ length: 57 }, (_, i) => i),
    );
    const codes = Array.from(packet, (_, at) => {
      const flipped = 1 + ((at * 89) % 255);
      packet[at]! ^= flipped;
      const code = opens.open(packet, 0, packet.length, out, 0);
      packet[at]! ^= flipped;
      return code;
    });
    expect(codes.slice(0, 2)).toEqual([OpenFailure.CipherType, OpenFailure.HashType]);
    expect(new Set(codes.slice(2))).toEqual(new Set([OpenFailure.InvalidDigest]));
    expect(out).toEqual(new Uint8Array(300));
    expect(opens.open(packet, 0, packet.length, out, 0)).toBe(57);
  });

  it("refuses every truncation and every lengthening", () => {
    const out = new Uint8Array(300);
    const longer = new Uint8Array(300);
    const packet = sealedPacket(
      seals,
      Uint8Array.from({ length: 57 }, (_, i) => i),
    );
    longer.set(packet);
    const opened = Array.from(longer, (_, length) => opens.open(longer, 0, length, out, 0)).flatMap(
      (code, length) => (code >= 0 ? [length] : []),
    );
    expect(opened).toEqual([packet.length]);
    expect(opens.open(packet, 1, packet.length, out, 0)).toBe(OpenFailure.TooShort);
  });

  it("survives random bytes, and goes on opening good packets", () => {
    const out = new Uint8Array(2000);
    const marked = fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => Uint8Array.from([0xfe, 0xfe, 0, 0, ...bytes]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), marked), (bytes) => {
        const code = opens.open(bytes, 0, bytes.length, out, 0);
        expect(code).toBeLessThan(0);
        expect(openFailureReason(code, bytes, 0, bytes.length)).not.toBe("");
      }),
      { numRuns: 60 },
    );
    const packet = sealedPacket(seals, Uint8Array.of(1, 2, 3));
    expect(opens.open(packet, 0, packet.length, out, 0)).toBe(3);
  });
});
