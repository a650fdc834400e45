import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Authkey, AuthkeyError } from "../authkey.ts";
import { fillSystemRandom } from "../system-random.ts";
import { CIPHER_NAMES, CipherSuiteError, envelopeOverheadBytes, HASH_NAMES } from "./cipher-suite.ts";
import { createEnvelope } from "./create-envelope.ts";
import { openFailureReason } from "./open-failure-reason.ts";
import { createOpensslEnvelope } from "./openssl-envelope.ts";
import { OpenFailure, type PacketEnvelope } from "./packet-envelope.ts";
import { createPortableEnvelope } from "./portable-envelope.ts";

const key = new Authkey(new TextEncoder().encode("SECRETKEY".repeat(20)));
const fillRandom = fillSystemRandom;

describe("choice of cipher and hash", () => {
  it("has no envelope for none/none", () => {
    expect(createEnvelope({ cipher: "none", hash: "none", key, fillRandom })).toBeNull();
    expect(createPortableEnvelope({ cipher: "none", hash: "none", key, fillRandom })).toBeNull();
    expect(envelopeOverheadBytes("none", "none")).toBe(0);
  });

  it("requires a hash for a cipher", () => {
    for (const cipher of CIPHER_NAMES.slice(1)) {
      expect(() => createEnvelope({ cipher, hash: "none", key, fillRandom })).toThrow(
        new CipherSuiteError("crypto_cipher requires crypto_hash with value other than none"),
      );
    }
  });

  it("makes every pair", () => {
    for (const cipher of CIPHER_NAMES)
      for (const hash of HASH_NAMES.slice(1))
        expect(createEnvelope({ cipher, hash, key, fillRandom })!.overheadBytes).toBe(
          envelopeOverheadBytes(cipher, hash),
        );
  });

  it("says that the portable implementation has no 3des", () => {
    expect(() => createPortableEnvelope({ cipher: "3des", hash: "sha1", key, fillRandom })).toThrow(
      new CipherSuiteError("cipher 3des is not offered by the portable implementation"),
    );
  });

  it("refuses names it does not know", () => {
    const options = { key, fillRandom, ...JSON.parse('{"cipher":"rot13","hash":"sha1"}') };
    expect(() => createEnvelope(options)).toThrow(new CipherSuiteError('unknown cipher "rot13"'));
    const other = { key, fillRandom, ...JSON.parse('{"cipher":"none","hash":"crc"}') };
    expect(() => createEnvelope(other)).toThrow(new CipherSuiteError('unknown hash "crc"'));
  });

  it("works on after the key is wiped, but makes no new envelope from it", () => {
    const shortLived = new Authkey(new Uint8Array(128).fill(9));
    const options = { cipher: "aes256", hash: "sha1", key: shortLived, fillRandom } as const;
    const before = [createEnvelope(options)!, createPortableEnvelope(options)!];
    shortLived.wipe();
    const packet = new Uint8Array(200);
    const out = new Uint8Array(200);
    const sealedLength = before[0]!.seal(Uint8Array.of(1, 2, 3), 0, 3, packet, 0);
    expect(before[1]!.open(packet, 0, sealedLength, out, 0)).toBe(3);
    expect(() => createEnvelope(options)).toThrow(AuthkeyError);
  });

  it.each([
    ["OpenSSL's", createOpensslEnvelope],
    ["the portable", createPortableEnvelope],
  ])("opens and seals nothing once it is wiped: %s", (_whose, create) => {
    for (const cipher of ["none", "aes128", "aes256"] as const) {
      const wiped = create({ cipher, hash: "sha256", key, fillRandom })!;
      const other = create({ cipher, hash: "sha256", key, fillRandom })!;
      const packet = new Uint8Array(wiped.sealedLength(3));
      wiped.seal(Uint8Array.of(1, 2, 3), 0, 3, packet, 0);
      const plain = new Uint8Array(3);
      wiped.wipe();
      wiped.wipe();
      expect(wiped.open(packet, 0, packet.length, plain, 0)).toBe(OpenFailure.InvalidDigest);
      expect([...plain]).toEqual([0, 0, 0]);
      expect(() => wiped.seal(plain, 0, 3, packet, 0)).toThrow(AuthkeyError);
      expect(other.open(packet, 0, packet.length, plain, 0)).toBe(3);
    }
  });

  it("shows no key when inspected", () => {
    const shown = [createEnvelope, createPortableEnvelope]
      .map((create) => create({ cipher: "aes256", hash: "sha512", key, fillRandom }))
      .map((envelope) => inspect(envelope, { depth: 9, showHidden: true }) + JSON.stringify(envelope))
      .join();
    // "SEC" as numbers, and as the inner and outer key blocks of HMAC hold it.
    for (const trace of ["83, 69, 67", "101, 115, 117", "15, 25, 31"]) expect(shown).not.toContain(trace);
    expect(shown.length).toBeLessThan(1000);
  });
});

describe("refusals", () => {
  const options = { cipher: "aes128", hash: "sha256", key, fillRandom } as const;
  const envelope = createEnvelope(options)!;
  const out = new Uint8Array(4096);
  const open = (packet: Uint8Array, by: PacketEnvelope = envelope) =>
    by.open(packet, 0, packet.length, out, 0);
  const reason = (packet: Uint8Array) => openFailureReason(open(packet), packet, 0, packet.length);

  function sealed(text: string, by: PacketEnvelope = envelope): Uint8Array {
    const plain = new TextEncoder().encode(text);
    const packet = new Uint8Array(by.sealedLength(plain.length));
    by.seal(plain, 0, plain.length, packet, 0);
    return packet;
  }

  it("names a packet that is too short", () => {
    for (const length of [0, 1, 4]) expect(open(sealed("x").subarray(0, length))).toBe(OpenFailure.TooShort);
    expect(open(sealed("x").subarray(0, 4 + 16 + 15 + 32))).toBe(OpenFailure.TooShort);
    expect(reason(new Uint8Array(3))).toBe("Received message is too short...  ignoring");
  });

  it("names the probable sender of another format", () => {
    const bare = Uint8Array.of(0xc0, 0x70, 2, 0, 0, 0, 0, 0);
    expect(open(bare)).toBe(OpenFailure.CipherType);
    const words = (who: string) => `Unsupported incoming packet (probably sent by ${who}). Rejecting`;
    expect(reason(bare)).toBe(words("Corosync 3.x"));
    expect(reason(Uint8Array.of(0x70, 0xc0, 2, 0, 0))).toBe(words("Corosync 3.x"));
    expect(reason(Uint8Array.of(0xff, 0xff, 0, 0, 0))).toBe(words("Corosync 2.2"));
    expect(reason(Uint8Array.of(1, 0, 0, 0, 0))).toBe(words("unencrypted Kronosnet"));
    expect(reason(Uint8Array.of(0, 0, 0, 0, 0))).toBe(words("unencrypted Corosync 2.0/2.1/1.x/OpenAIS"));
    expect(reason(Uint8Array.of(0x88, 0, 0, 0, 0))).toBe(
      words("encrypted Kronosnet/Corosync 2.0/2.1/1.x/OpenAIS or unknown"),
    );
    expect(open(Uint8Array.of(0xfe, 0xff, 0, 0, 0))).toBe(OpenFailure.HashType);
    expect(reason(Uint8Array.of(0xfe, 0xff, 0, 0, 0))).toBe(
      "Incoming packet has different hash type. Rejecting",
    );
  });

  it("refuses another key, hash and cipher", () => {
    const otherKey = new Authkey(new Uint8Array(128).fill(1));
    const packet = sealed("hello", createEnvelope({ ...options, key: otherKey })!);
    expect(open(packet)).toBe(OpenFailure.InvalidDigest);
    expect(reason(packet)).toBe("Received message has invalid digest... ignoring.");
    expect(open(sealed("x".repeat(60), createEnvelope({ ...options, hash: "sha512" })!))).toBeLessThan(0);
    expect(open(sealed("hello", createEnvelope({ ...options, cipher: "none" })!))).toBeLessThan(0);
  });

  it("refuses reserved bytes, but only of an authentic packet", () => {
    const packet = resealed(sealed("hello"), (bytes) => {
      bytes[3] = 1;
    });
    expect(open(packet)).toBe(OpenFailure.ReservedBits);
    expect(reason(packet)).toContain("features not supported by this version");
    packet[2] = 1;
    expect(open(packet)).toBe(OpenFailure.InvalidDigest);
  });

  it("refuses wrong padding of an authentic packet", () => {
    // In CBC a flipped bit of the IV flips that bit of the first block of plaintext, here the only one.
    const packet = resealed(sealed("hello"), (bytes) => {
      bytes[19]! ^= 0x80;
    });
    expect(open(packet)).toBe(OpenFailure.Padding);
    expect(reason(packet)).toBe("Invalid packet data");
    const inconsistent = resealed(sealed("hello"), (bytes) => {
      bytes[18]! ^= 0x01;
    });
    expect(open(inconsistent)).toBe(OpenFailure.Padding);
  });

  it("refuses ciphertext that is no whole number of blocks before any crypto", () => {
    const packet = new Uint8Array(4 + 16 + 20 + 32);
    packet.set([0xfe, 0xfe]);
    expect(open(packet)).toBe(OpenFailure.Padding);
  });

  it("refuses what does not fit, and leaves the output as it was", () => {
    const packet = sealed("x".repeat(100));
    const small = new Uint8Array(99).fill(0xaa);
    expect(envelope.open(packet, 0, packet.length, small, 0)).toBe(OpenFailure.TooLong);
    const tiny = new Uint8Array(10).fill(0xaa);
    expect(envelope.open(packet, 0, packet.length, tiny, 0)).toBe(OpenFailure.TooLong);
    expect(small).toEqual(new Uint8Array(99).fill(0xaa));
    expect(envelope.open(packet, 0, packet.length, out, out.length - 99)).toBe(OpenFailure.TooLong);
    expect(envelope.open(packet, 0, packet.length, new Uint8Array(100), 0)).toBe(100);
    const huge = new Uint8Array(4 + 16 + 4096 * 16 + 32);
    huge.set([0xfe, 0xfe]);
    expect(open(huge)).toBe(OpenFailure.TooLong);
    expect(envelope.open(huge, 0, huge.length, huge, 0)).toBe(OpenFailure.TooLong);
  });

  it("carries the longest packet that a datagram can", () => {
    const plain = Uint8Array.from({ length: 65_471 }, (_, i) => i);
    expect(envelope.sealedLength(plain.length)).toBe(65_524);
    const packet = new Uint8Array(65_535);
    const opened = new Uint8Array(65_535);
    const sealedLength = envelope.seal(plain, 0, plain.length, packet, 0);
    expect(envelope.open(packet, 0, sealedLength, opened, 0)).toBe(plain.length);
    expect(Buffer.compare(opened.subarray(0, plain.length), plain)).toBe(0);
  });

  it("tells a caller that seals past a buffer", () => {
    const plain = new Uint8Array(100);
    expect(() => envelope.seal(plain, 50, 51, out, 0)).toThrow(RangeError);
    expect(() => envelope.seal(plain, -1, 5, out, 0)).toThrow(RangeError);
    expect(() => envelope.seal(plain, 0, 100, new Uint8Array(150), 0)).toThrow(RangeError);
    expect(() => envelope.seal(new Uint8Array(65_530), 0, 65_530, new Uint8Array(70_000), 0)).toThrow(
      "exceeds a datagram",
    );
  });

  /** The packet changed, with the digest that belongs to it. */
  function resealed(packet: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
    const bytes = packet.slice(0, packet.length - 32);
    change(bytes);
    const digest = key.lend((secret) => createHmac("sha256", secret.subarray(0, 128)).update(bytes).digest());
    return Uint8Array.from([...bytes, ...digest]);
  }
});
