import { HASH_BLOCK_BYTES, HEADER_BYTES, MAX_PACKET_BYTES, SALT_BYTES } from "./cipher-suite.ts";

/**
 * Where a packet is put together and taken apart: one buffer an envelope, so that no packet needs one
 * of its own, and every part stands at a known and aligned place.
 *
 * ```
 * authenticator's room (128) | header (4) | salt (16) | data … | digest   (without cipher the data follows the header)
 *                            PACKET_AT    SALT_AT     DATA_AT
 * ```
 */
export type PacketScratch = Uint8Array;

/** Room before the packet, for one block of any hash: HMAC digests a key block before the message. */
export const PACKET_AT = HASH_BLOCK_BYTES.sha512;
export const SALT_AT = PACKET_AT + HEADER_BYTES;
export const DATA_AT = SALT_AT + SALT_BYTES;

export function createPacketScratch(): PacketScratch {
  return new Uint8Array(PACKET_AT + MAX_PACKET_BYTES + 1);
}

/** HMAC of what stands in the scratch. */
export interface PacketAuthenticator {
  readonly digestBytes: number;
  /** Writes the digest of the `length` bytes at `PACKET_AT` to the start of `digest`. */
  digest(length: number, digest: Uint8Array): void;
  /** Overwrites what it keeps of the key outside of the scratch; digests are worthless afterwards. */
  wipe(): void;
}

/** CBC encryption of what stands in the scratch. */
export interface PacketCipher {
  readonly blockBytes: number;
  /**
   * Encrypts the `length` bytes at `DATA_AT`, whole blocks, in place. At `SALT_AT` stand 16 random
   * bytes; on return the salt to send stands there, equally random but not necessarily the same.
   */
  encrypt(length: number): void;
  /** Decrypts the `length` bytes at `DATA_AT`, whole blocks, in place; the salt stands at `SALT_AT`. */
  decrypt(length: number): void;
  /** Overwrites the key. */
  wipe(): void;
}
