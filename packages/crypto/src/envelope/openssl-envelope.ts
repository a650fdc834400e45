import { type Cipher, createCipheriv, createDecipheriv, type Decipher, hash as digestOf } from "node:crypto";
import {
  CIPHER_BLOCK_BYTES,
  CIPHER_KEY_BYTES,
  CipherSuiteError,
  DIGEST_BYTES,
  HASH_BLOCK_BYTES,
  HMAC_KEY_BYTES,
  type RealCipherName,
  type RealHashName,
  SALT_BYTES,
} from "./cipher-suite.ts";
import type { EnvelopeOptions } from "./envelope-options.ts";
import { suiteOf } from "./envelope-options.ts";
import { LegacyEnvelope } from "./legacy-envelope.ts";
import type { PacketEnvelope } from "./packet-envelope.ts";
import {
  createPacketScratch,
  DATA_AT,
  PACKET_AT,
  type PacketAuthenticator,
  type PacketCipher,
  type PacketScratch,
  SALT_AT,
} from "./packet-scratch.ts";

const OPENSSL_CIPHERS: Readonly<Record<RealCipherName, string>> = {
  aes256: "aes-256-cbc",
  aes192: "aes-192-cbc",
  aes128: "aes-128-cbc",
  "3des": "des-ede3-cbc",
};

/**
 * The envelope on the OpenSSL inside Node. Returns null for none/none.
 * @throws CipherSuiteError when a cipher comes without a hash, or this OpenSSL lacks one of the two
 * @throws AuthkeyError when the key has been wiped
 */
export function createOpensslEnvelope(options: EnvelopeOptions): PacketEnvelope | null {
  const suite = suiteOf(options);
  if (suite === null) return null;
  return options.key.lend((key) => {
    const scratch = createPacketScratch();
    const authenticator = offered(`hash ${suite.hash}`, () => new OpensslHmac(suite.hash, key, scratch));
    const { cipher: name } = suite;
    const cipher = name && offered(`cipher ${name}`, () => new OpensslCbc(name, key, scratch));
    return new LegacyEnvelope(scratch, authenticator, cipher, options.fillRandom);
  });
}

function offered<T>(what: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    throw new CipherSuiteError(
      `${what} is not offered by the OpenSSL in use (${process.versions.openssl ?? "unknown version"})`,
      { cause: error },
    );
  }
}

/**
 * HMAC from two one-shot digests (RFC 2104): twice as fast for packets as a Hmac object for each,
 * although the key blocks are digested anew. Digests come as latin1 ("binary") strings, which cost half of a
 * Buffer. The inner key block stands for good in the scratch, right before the packet.
 */
class OpensslHmac implements PacketAuthenticator {
  readonly digestBytes: number;
  readonly #hash: RealHashName;
  readonly #scratch: PacketScratch;
  readonly #innerAt: number;
  /** Outer key block, and behind it the inner digest. */
  readonly #outer: Uint8Array;
  readonly #outerBlockBytes: number;

  constructor(hash: RealHashName, key: Uint8Array, scratch: PacketScratch) {
    const blockBytes = HASH_BLOCK_BYTES[hash];
    this.#hash = hash;
    this.digestBytes = DIGEST_BYTES[hash];
    this.#scratch = scratch;
    this.#innerAt = PACKET_AT - blockBytes;
    this.#outerBlockBytes = blockBytes;
    this.#outer = new Uint8Array(blockBytes + this.digestBytes);
    const hmacKey = key.subarray(0, HMAC_KEY_BYTES);
    const blockKey = hmacKey.length > blockBytes ? digestOf(hash, hmacKey, "buffer") : hmacKey;
    for (let i = 0; i < blockBytes; i++) {
      const keyByte = blockKey[i] ?? 0;
      scratch[this.#innerAt + i] = keyByte ^ 0x36;
      this.#outer[i] = keyByte ^ 0x5c;
    }
    if (blockKey !== hmacKey) blockKey.fill(0);
    // Fails here and not at the first packet if OpenSSL lacks the hash.
    this.digest(0, new Uint8Array(this.digestBytes));
  }

  digest(length: number, digest: Uint8Array): void {
    const inner = digestOf(this.#hash, this.#scratch.subarray(this.#innerAt, PACKET_AT + length), "binary");
    for (let i = 0; i < this.digestBytes; i++) this.#outer[this.#outerBlockBytes + i] = inner.charCodeAt(i);
    const outer = digestOf(this.#hash, this.#outer, "binary");
    for (let i = 0; i < this.digestBytes; i++) digest[i] = outer.charCodeAt(i);
  }

  wipe(): void {
    this.#outer.fill(0);
  }
}

/**
 * CBC with one cipher object for all packets, as making one costs three times the encryption of a
 * packet. CBC chains: whatever block was encrypted last is the IV of what follows. So each packet is
 * preceded by one block of random bytes, and the encrypted random block, which is as random as they
 * are and unknown before, is the IV that is sent. Decrypting, the IV is fed as a block of ciphertext
 * whose plaintext is thrown away.
 */
class OpensslCbc implements PacketCipher {
  readonly blockBytes: number;
  readonly #scratch: PacketScratch;
  #cipher: Cipher;
  #decipher: Decipher;
  readonly #name: string;
  readonly #keyBytes: number;
  /** The IV block is fed from right before the data. */
  readonly #ivAt: number;

  constructor(name: RealCipherName, key: Uint8Array, scratch: PacketScratch) {
    this.blockBytes = CIPHER_BLOCK_BYTES[name];
    this.#scratch = scratch;
    this.#ivAt = DATA_AT - this.blockBytes;
    const cipherKey = key.subarray(0, CIPHER_KEY_BYTES[name]);
    const start = new Uint8Array(this.blockBytes);
    this.#name = OPENSSL_CIPHERS[name];
    this.#keyBytes = cipherKey.length;
    this.#cipher = createCipheriv(this.#name, cipherKey, start).setAutoPadding(false);
    this.#decipher = createDecipheriv(this.#name, cipherKey, start).setAutoPadding(false);
  }

  encrypt(length: number): void {
    const scratch = this.#scratch;
    const chained = this.#cipher.update(scratch.subarray(this.#ivAt, DATA_AT + length));
    // A block of 3DES is half of the salt: the IV is the first half, unused random bytes the second.
    if (this.blockBytes < SALT_BYTES) scratch.copyWithin(this.#ivAt, SALT_AT, this.#ivAt);
    scratch.set(chained.subarray(this.blockBytes), DATA_AT);
    for (let i = 0; i < this.blockBytes; i++) scratch[SALT_AT + i] = chained[i]!;
  }

  decrypt(length: number): void {
    const scratch = this.#scratch;
    if (this.blockBytes < SALT_BYTES) scratch.copyWithin(this.#ivAt, SALT_AT, this.#ivAt);
    scratch.set(this.#decipher.update(scratch.subarray(this.#ivAt, DATA_AT + length)), this.#ivAt);
  }

  wipe(): void {
    // OpenSSL clears its own copy when an object ends; these two take the place of the ones to end.
    const nothing = new Uint8Array(this.#keyBytes);
    const start = new Uint8Array(this.blockBytes);
    this.#cipher = createCipheriv(this.#name, nothing, start).setAutoPadding(false);
    this.#decipher = createDecipheriv(this.#name, nothing, start).setAutoPadding(false);
  }
}
