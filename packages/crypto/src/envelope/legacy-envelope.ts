import { AuthkeyError, type FillRandom } from "../authkey.ts";
import { HEADER_BYTES, MAX_PACKET_BYTES, SALT_BYTES } from "./cipher-suite.ts";
import { IvPool } from "./iv-pool.ts";
import { OpenFailure, type PacketEnvelope } from "./packet-envelope.ts";
import {
  DATA_AT,
  PACKET_AT,
  type PacketAuthenticator,
  type PacketCipher,
  type PacketScratch,
  SALT_AT,
} from "./packet-scratch.ts";

/** "Cipher type 2.3" and "hash type 2.3": the only values that bytes 0 and 1 have in this format. */
const FORMAT_MARK = 0xfe;
const LONGEST_DIGEST_BYTES = 64;

/**
 * The packet envelope of corosync 2.3.5 (spec totem 16), over whichever implementation of HMAC and
 * CBC it is given: `FE FE 00 00 | salt | ciphertext | HMAC of all before`.
 */
export class LegacyEnvelope implements PacketEnvelope {
  readonly overheadBytes: number;
  readonly #scratch: PacketScratch;
  readonly #authenticator: PacketAuthenticator;
  readonly #cipher: PacketCipher | null;
  readonly #ivPool: IvPool;
  readonly #digest = new Uint8Array(LONGEST_DIGEST_BYTES);
  /** Offset of the data in a packet. */
  readonly #dataOffset: number;
  readonly #digestBytes: number;
  /** 0 without cipher. */
  readonly #blockBytes: number;
  #wiped = false;

  /** @param scratch the one that authenticator and cipher work on */
  constructor(
    scratch: PacketScratch,
    authenticator: PacketAuthenticator,
    cipher: PacketCipher | null,
    fillRandom: FillRandom,
  ) {
    this.#scratch = scratch;
    this.#authenticator = authenticator;
    this.#cipher = cipher;
    this.#ivPool = new IvPool(fillRandom);
    this.#dataOffset = cipher === null ? HEADER_BYTES : HEADER_BYTES + SALT_BYTES;
    this.#digestBytes = authenticator.digestBytes;
    this.#blockBytes = cipher === null ? 0 : cipher.blockBytes;
    this.overheadBytes = this.#dataOffset + 2 * this.#blockBytes + this.#digestBytes;
  }

  sealedLength(plainLength: number): number {
    return this.#dataOffset + this.#paddedLength(plainLength) + this.#digestBytes;
  }

  seal(plain: Uint8Array, offset: number, length: number, out: Uint8Array, outOffset: number): number {
    const sealedLength = this.sealedLength(length);
    if (this.#wiped) throw new AuthkeyError("the authkey has been wiped");
    if (offset < 0 || length < 0 || offset + length > plain.length)
      throw new RangeError(`plaintext ${offset}+${length} exceeds ${plain.length} bytes`);
    if (sealedLength > MAX_PACKET_BYTES)
      throw new RangeError(`sealed packet of ${sealedLength} bytes exceeds a datagram`);
    if (outOffset < 0 || outOffset + sealedLength > out.length)
      throw new RangeError(`sealed packet ${outOffset}+${sealedLength} exceeds ${out.length} bytes`);

    const scratch = this.#scratch;
    scratch[PACKET_AT] = FORMAT_MARK;
    scratch[PACKET_AT + 1] = FORMAT_MARK;
    scratch[PACKET_AT + 2] = 0;
    scratch[PACKET_AT + 3] = 0;
    scratch.set(plain.subarray(offset, offset + length), PACKET_AT + this.#dataOffset);
    if (this.#cipher !== null) {
      const paddedLength = this.#paddedLength(length);
      const padding = paddedLength - length;
      scratch.fill(padding, DATA_AT + length, DATA_AT + paddedLength);
      this.#ivPool.take(scratch, SALT_AT);
      this.#cipher.encrypt(paddedLength);
    }
    const authenticLength = sealedLength - this.#digestBytes;
    this.#authenticator.digest(authenticLength, this.#digest);
    out.set(scratch.subarray(PACKET_AT, PACKET_AT + authenticLength), outOffset);
    const digestAt = outOffset + authenticLength;
    for (let i = 0; i < this.#digestBytes; i++) out[digestAt + i] = this.#digest[i]!;
    return sealedLength;
  }

  open(packet: Uint8Array, offset: number, length: number, out: Uint8Array, outOffset: number): number {
    // The marks come before the exact length, as in C: a short packet of another format is reported
    // as what it is.
    if (length <= HEADER_BYTES || offset < 0 || offset + length > packet.length) return OpenFailure.TooShort;
    if (this.#wiped) return OpenFailure.InvalidDigest;
    if (packet[offset] !== FORMAT_MARK) return OpenFailure.CipherType;
    if (packet[offset + 1] !== FORMAT_MARK) return OpenFailure.HashType;
    const authenticLength = length - this.#digestBytes;
    const dataLength = authenticLength - this.#dataOffset;
    const blockBytes = this.#blockBytes;
    if (dataLength < blockBytes) return OpenFailure.TooShort;
    if (blockBytes !== 0 && dataLength % blockBytes !== 0) return OpenFailure.Padding;
    const room = outOffset < 0 ? -1 : out.length - outOffset;
    if (length > MAX_PACKET_BYTES || dataLength - blockBytes > room) return OpenFailure.TooLong;

    const scratch = this.#scratch;
    scratch.set(packet.subarray(offset, offset + authenticLength), PACKET_AT);
    this.#authenticator.digest(authenticLength, this.#digest);
    if (!this.#digestStandsAt(packet, offset + authenticLength)) return OpenFailure.InvalidDigest;
    if (packet[offset + 2] !== 0 || packet[offset + 3] !== 0) return OpenFailure.ReservedBits;

    let plainLength = dataLength;
    if (this.#cipher !== null) {
      this.#cipher.decrypt(dataLength);
      const padding = this.#paddingOf(dataLength);
      if (padding < 0) return OpenFailure.Padding;
      plainLength -= padding;
    }
    if (plainLength > room) return OpenFailure.TooLong;
    const plainAt = PACKET_AT + this.#dataOffset;
    out.set(scratch.subarray(plainAt, plainAt + plainLength), outOffset);
    return plainLength;
  }

  wipe(): void {
    this.#wiped = true;
    this.#authenticator.wipe();
    this.#cipher?.wipe();
    // Beside the last packet it holds a key block.
    this.#scratch.fill(0);
    this.#digest.fill(0);
  }

  #paddedLength(plainLength: number): number {
    const blockBytes = this.#blockBytes;
    return blockBytes === 0 ? plainLength : plainLength - (plainLength % blockBytes) + blockBytes;
  }

  /** Takes the same time wherever the first difference is, so that nobody can search a digest. */
  #digestStandsAt(packet: Uint8Array, at: number): boolean {
    let difference = 0;
    for (let i = 0; i < this.#digestBytes; i++) difference |= packet[at + i]! ^ this.#digest[i]!;
    return difference === 0;
  }

  /** Length of the PKCS#7 padding in the scratch, or -1 if it is not one. */
  #paddingOf(dataLength: number): number {
    const end = DATA_AT + dataLength;
    const padding = this.#scratch[end - 1]!;
    if (padding === 0 || padding > this.#blockBytes) return -1;
    for (let at = end - padding; at < end; at++) if (this.#scratch[at] !== padding) return -1;
    return padding;
  }
}
