import type { Authkey, FillRandom } from "../authkey.ts";
import {
  CIPHER_NAMES,
  type CipherName,
  CipherSuiteError,
  HASH_NAMES,
  type HashName,
  type RealCipherName,
  type RealHashName,
} from "./cipher-suite.ts";

/** What an envelope is made of. */
export interface EnvelopeOptions {
  readonly cipher: CipherName;
  readonly hash: HashName;
  readonly key: Authkey;
  /** Source of the salts, asked for 4096 bytes once in 256 packets. */
  readonly fillRandom: FillRandom;
}

interface CipherSuite {
  readonly cipher: RealCipherName | null;
  readonly hash: RealHashName;
}

/**
 * The suite to build, or null for none/none: such packets travel bare, as corosync 3.x sends them.
 * @throws CipherSuiteError for unknown names and for a cipher without a hash
 */
export function suiteOf({ cipher, hash }: EnvelopeOptions): CipherSuite | null {
  if (!CIPHER_NAMES.includes(cipher)) throw new CipherSuiteError(`unknown cipher "${cipher}"`);
  if (!HASH_NAMES.includes(hash)) throw new CipherSuiteError(`unknown hash "${hash}"`);
  if (hash === "none") {
    if (cipher === "none") return null;
    throw new CipherSuiteError("crypto_cipher requires crypto_hash with value other than none");
  }
  return { cipher: cipher === "none" ? null : cipher, hash };
}
