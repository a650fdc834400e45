import { cbc } from "@noble/ciphers/aes.js";
import { type _HMAC, hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { type _SHA256, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import {
  CIPHER_BLOCK_BYTES,
  CIPHER_KEY_BYTES,
  CipherSuiteError,
  DIGEST_BYTES,
  HMAC_KEY_BYTES,
  type RealCipherName,
  type RealHashName,
  SALT_BYTES,
} from "./cipher-suite.ts";
import { type EnvelopeOptions, suiteOf } from "./envelope-options.ts";
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

const HASHES = { md5, sha1, sha256, sha384, sha512 } as const;

/**
 * The envelope in JavaScript alone, for where OpenSSL is missing, and to test the other against.
 * Returns null for none/none.
 * @throws CipherSuiteError when a cipher comes without a hash, and for 3des, which it has not
 * @throws AuthkeyError when the key has been wiped
 */
export function createPortableEnvelope(options: EnvelopeOptions): PacketEnvelope | null {
  const suite = suiteOf(options);
  if (suite === null) return null;
  return options.key.lend((key) => {
    const scratch = createPacketScratch();
    const authenticator = new PortableHmac(suite.hash, key, scratch);
    const cipher = suite.cipher === null ? null : new PortableCbc(suite.cipher, key, scratch);
    return new LegacyEnvelope(scratch, authenticator, cipher, options.fillRandom);
  });
}

/** The state of some hash; which one makes no difference to what is used of it. */
type KeyedHmac = _HMAC<_SHA256>;

class PortableHmac implements PacketAuthenticator {
  readonly digestBytes: number;
  readonly #scratch: PacketScratch;
  /** State after the key, copied over the working state for each packet. */
  readonly #keyed: KeyedHmac;
  readonly #working: KeyedHmac;

  constructor(hash: RealHashName, key: Uint8Array, scratch: PacketScratch) {
    this.digestBytes = DIGEST_BYTES[hash];
    this.#scratch = scratch;
    this.#keyed = hmac.create(HASHES[hash], key.subarray(0, HMAC_KEY_BYTES));
    this.#working = this.#keyed.clone();
  }

  digest(length: number, digest: Uint8Array): void {
    this.#keyed._cloneInto(this.#working);
    this.#working.update(this.#scratch.subarray(PACKET_AT, PACKET_AT + length)).digestInto(digest);
  }

  wipe(): void {
    this.#keyed.destroy();
    this.#working.destroy();
  }
}

class PortableCbc implements PacketCipher {
  readonly blockBytes: number;
  readonly #scratch: PacketScratch;
  readonly #key: Uint8Array;
  readonly #salt: Uint8Array;

  constructor(name: RealCipherName, key: Uint8Array, scratch: PacketScratch) {
    if (name === "3des")
      throw new CipherSuiteError("cipher 3des is not offered by the portable implementation");
    this.blockBytes = CIPHER_BLOCK_BYTES[name];
    this.#scratch = scratch;
    this.#key = key.slice(0, CIPHER_KEY_BYTES[name]);
    this.#salt = scratch.subarray(SALT_AT, SALT_AT + SALT_BYTES);
  }

  encrypt(length: number): void {
    const data = this.#scratch.subarray(DATA_AT, DATA_AT + length);
    this.#scratch.set(cbc(this.#key, this.#salt, { disablePadding: true }).encrypt(data), DATA_AT);
  }

  decrypt(length: number): void {
    const data = this.#scratch.subarray(DATA_AT, DATA_AT + length);
    this.#scratch.set(cbc(this.#key, this.#salt, { disablePadding: true }).decrypt(data), DATA_AT);
  }

  wipe(): void {
    this.#key.fill(0);
  }
}
