/** Shortest key that Corosync accepts (spec config-and-tools 11). */
export const MIN_AUTHKEY_BYTES = 128;
/** Longest key; of a longer file only these first bytes are read. */
export const MAX_AUTHKEY_BYTES = 4096;
/** Size of the keys that corosync-keygen writes when not told otherwise. */
export const DEFAULT_AUTHKEY_BYTES = 256;

/** Fills the whole array with unpredictable bytes. */
export type FillRandom = (bytes: Uint8Array) => void;

/** A key that cannot be had or cannot be used; the message is the text that the C daemon logs. */
export class AuthkeyError extends Error {
  override readonly name = "AuthkeyError";
}

/**
 * The shared secret of a cluster. Its bytes are lent, never shown: printing, inspecting or
 * serialising the object gives its length only.
 */
export class Authkey {
  readonly #bytes: Uint8Array;
  #wiped = false;

  /**
   * @param bytes 128 to 4096 bytes, which are copied
   * @throws RangeError for another length
   */
  constructor(bytes: Uint8Array) {
    if (bytes.length < MIN_AUTHKEY_BYTES || bytes.length > MAX_AUTHKEY_BYTES) {
      throw new RangeError(
        `an authkey has ${MIN_AUTHKEY_BYTES} to ${MAX_AUTHKEY_BYTES} bytes, not ${bytes.length}`,
      );
    }
    this.#bytes = Uint8Array.from(bytes);
  }

  get lengthBytes(): number {
    return this.#bytes.length;
  }

  /**
   * Lends the key bytes for the length of one call; whoever keeps them must copy them.
   * @throws AuthkeyError when the key has been wiped
   */
  lend<T>(use: (bytes: Uint8Array) => T): T {
    if (this.#wiped) throw new AuthkeyError("the authkey has been wiped");
    return use(this.#bytes);
  }

  /** Overwrites the key bytes. Envelopes made from the key before go on working. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  /** Without the bytes: keys do not get into logs. */
  toString(): string {
    return `[Authkey ${this.#bytes.length} bytes${this.#wiped ? ", wiped" : ""}]`;
  }

  /** Without the bytes: keys do not get into logs. */
  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/**
 * The key in the content of a key file (spec config-and-tools 11).
 * @param bytes what the file holds; bytes after the first 4096 are not looked at
 * @param source the file's name, for the error
 * @throws AuthkeyError when there are fewer than 128 bytes
 */
export function authkeyFromBytes(bytes: Uint8Array, source: string): Authkey {
  if (bytes.length < MIN_AUTHKEY_BYTES) {
    throw new AuthkeyError(
      `Could only read ${bytes.length * 8} bits of minimum ${MIN_AUTHKEY_BYTES * 8} bits from ${source}.`,
    );
  }
  return new Authkey(bytes.subarray(0, MAX_AUTHKEY_BYTES));
}

/**
 * The key given in corosync.conf as `totem.key`. Corosync takes the stored string with its
 * terminating NUL, so that 127 characters give a key of 128 bytes (spec config-and-tools 11).
 * @param value the value as text (UTF-8) or as the bytes of the file, without the NUL
 * @throws AuthkeyError when it is too short or too long
 */
export function authkeyFromConfig(value: string | Uint8Array): Authkey {
  const text = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (text.length + 1 < MIN_AUTHKEY_BYTES) throw new AuthkeyError("key is too short");
  if (text.length + 1 > MAX_AUTHKEY_BYTES) throw new AuthkeyError("key is too long");
  const stored = new Uint8Array(text.length + 1);
  stored.set(text);
  const key = new Authkey(stored);
  stored.fill(0);
  return key;
}

/**
 * A new random key.
 * @param sizeBytes 128 to 4096
 * @param randomSource fills the bytes it is given, or throws
 * @throws AuthkeyError for another size
 */
export function generateAuthkey(sizeBytes: number, randomSource: FillRandom): Authkey {
  if (!Number.isInteger(sizeBytes) || sizeBytes < MIN_AUTHKEY_BYTES || sizeBytes > MAX_AUTHKEY_BYTES) {
    throw new AuthkeyError(`Unsupported key size (supported <${MIN_AUTHKEY_BYTES},${MAX_AUTHKEY_BYTES}>)`);
  }
  const bytes = new Uint8Array(sizeBytes);
  randomSource(bytes);
  const key = new Authkey(bytes);
  bytes.fill(0);
  return key;
}
