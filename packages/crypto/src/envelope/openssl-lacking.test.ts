import { describe, expect, it, vi } from "vitest";
import { Authkey } from "../authkey.ts";
import { createEnvelope } from "./create-envelope.ts";
import { createOpensslEnvelope } from "./openssl-envelope.ts";

// An OpenSSL built without the old algorithms, and without SHA-512 for good measure.
vi.mock("node:crypto", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:crypto")>();
  return {
    ...original,
    hash: (algorithm: string, data: Uint8Array, encoding: "hex") => {
      if (algorithm === "md5" || algorithm === "sha512") throw new Error("unsupported");
      return original.hash(algorithm, data, encoding);
    },
    createCipheriv: (algorithm: string, key: Uint8Array, iv: Uint8Array) => {
      if (algorithm.startsWith("des")) throw new Error("unsupported");
      return original.createCipheriv(algorithm, key, iv);
    },
  };
});

const key = new Authkey(new Uint8Array(128).fill(3));
const fillRandom = (bytes: Uint8Array) => {
  bytes.fill(1);
};

describe("an OpenSSL that lacks algorithms", () => {
  it.each(["md5", "sha512"] as const)("is named for %s, and replaced", (hash) => {
    const options = { cipher: "aes256", hash, key, fillRandom } as const;
    expect(() => createOpensslEnvelope(options)).toThrow(
      `hash ${hash} is not offered by the OpenSSL in use (${process.versions.openssl})`,
    );
    const envelope = createEnvelope(options)!;
    const packet = new Uint8Array(200);
    const sealedLength = envelope.seal(Uint8Array.of(1, 2, 3), 0, 3, packet, 0);
    expect(envelope.open(packet, 0, sealedLength, packet, 0)).toBe(3);
  });

  it("is named for 3des, which nothing replaces", () => {
    expect(() => createEnvelope({ cipher: "3des", hash: "sha1", key, fillRandom })).toThrow(
      "cipher 3des is not offered by the OpenSSL in use",
    );
  });
});
