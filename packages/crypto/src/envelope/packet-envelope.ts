/**
 * The shell around one packet of a ring: `seal` before it is sent, `open` after it came in. Both work
 * on ranges of longer buffers. A call is complete when it returns: nothing of the arguments is kept.
 */
export interface PacketEnvelope {
  /** Most bytes that sealing adds, as the MTU formula counts them: "sec" (spec totem 16). */
  readonly overheadBytes: number;

  /** Bytes of the sealed packet for a plaintext of `plainLength` bytes. */
  sealedLength(plainLength: number): number;

  /**
   * Writes the sealed packet into `out` at `outOffset` and returns its length. The two ranges may
   * overlap.
   * @throws RangeError when the plaintext range or the sealed packet exceeds its buffer, or the
   *   sealed packet a UDP datagram
   */
  seal(plain: Uint8Array, offset: number, length: number, out: Uint8Array, outOffset: number): number;

  /**
   * Writes the plaintext of a received packet into `out` at `outOffset` and returns its length, or an
   * {@link OpenFailure} (all negative). Never throws, whatever the packet holds. The two ranges may
   * overlap; after a failure `out` is as before.
   */
  open(packet: Uint8Array, offset: number, length: number, out: Uint8Array, outOffset: number): number;

  /**
   * Overwrites what it keeps of the key, when it is replaced or no longer needed. From then on no packet
   * opens, and `seal` throws an `AuthkeyError`.
   */
  wipe(): void;
}

/** Why a packet was not opened, in the order of the checks (spec totem 16). */
export const OpenFailure = {
  /** Fewer bytes than header, salt, one block and digest need. */
  TooShort: -1,
  /** Byte 0 is not 0xFE: another version or format. */
  CipherType: -2,
  /** Byte 1 is not 0xFE. */
  HashType: -3,
  /** Longer than a datagram, or its plaintext exceeds the room in `out`. */
  TooLong: -4,
  /** Another key, another cipher or hash, or altered bytes. */
  InvalidDigest: -5,
  /** Authentic, but the reserved bytes ask for features that we do not have. */
  ReservedBits: -6,
  /** The ciphertext is no whole number of blocks, or authentic with wrong padding. */
  Padding: -7,
} as const;

/** Why a packet could not be opened: one of `OpenFailure`. */
export type OpenFailureCode = (typeof OpenFailure)[keyof typeof OpenFailure];
