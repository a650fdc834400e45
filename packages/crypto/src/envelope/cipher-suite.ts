/** Values of `totem.crypto_cipher` with an envelope (spec totem 16). */
export const CIPHER_NAMES = ["none", "aes256", "aes192", "aes128", "3des"] as const;
/** Values of `totem.crypto_hash`. */
export const HASH_NAMES = ["none", "md5", "sha1", "sha256", "sha384", "sha512"] as const;

/** A cipher by the name that configurations have for it. */
export type CipherName = (typeof CIPHER_NAMES)[number];
/** A hash by the name that configurations have for it. */
export type HashName = (typeof HASH_NAMES)[number];
export type RealCipherName = Exclude<CipherName, "none">;
export type RealHashName = Exclude<HashName, "none">;

/** A cipher and hash that cannot be had, or not together. */
export class CipherSuiteError extends Error {
  override readonly name = "CipherSuiteError";
}

/** Bytes of the authkey that the HMAC uses: all that a 2.x key has. */
export const HMAC_KEY_BYTES = 128;

export const CIPHER_KEY_BYTES: Readonly<Record<RealCipherName, number>> = {
  aes256: 32,
  aes192: 24,
  aes128: 16,
  "3des": 24,
};

export const CIPHER_BLOCK_BYTES: Readonly<Record<RealCipherName, number>> = {
  aes256: 16,
  aes192: 16,
  aes128: 16,
  "3des": 8,
};

export const DIGEST_BYTES: Readonly<Record<RealHashName, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** Block of the compression function, to which HMAC pads its key. */
export const HASH_BLOCK_BYTES: Readonly<Record<RealHashName, number>> = {
  md5: 64,
  sha1: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
};

/** FE FE 00 00 at the start of every packet. */
export const HEADER_BYTES = 4;
/** Random bytes after the header of an encrypted packet; the IV is their first block. */
export const SALT_BYTES = 16;
/** Longest packet: what the length field of UDP can say. */
export const MAX_PACKET_BYTES = 65_535;

/**
 * Most bytes that the envelope adds to a packet, "sec" of the MTU formula (spec totem 16); 0 for
 * none/none, where there is no envelope.
 */
export function envelopeOverheadBytes(cipher: CipherName, hash: HashName): number {
  if (cipher === "none" && hash === "none") return 0;
  const digest = hash === "none" ? 0 : DIGEST_BYTES[hash];
  return HEADER_BYTES + digest + (cipher === "none" ? 0 : SALT_BYTES + 2 * CIPHER_BLOCK_BYTES[cipher]);
}
