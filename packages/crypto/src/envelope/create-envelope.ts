import { CipherSuiteError } from "./cipher-suite.ts";
import type { EnvelopeOptions } from "./envelope-options.ts";
import { createOpensslEnvelope } from "./openssl-envelope.ts";
import type { PacketEnvelope } from "./packet-envelope.ts";
import { createPortableEnvelope } from "./portable-envelope.ts";

/**
 * The packet envelope of corosync 2.x (spec totem 16) for a cipher and hash, or null for none/none,
 * whose packets travel bare. OpenSSL's is the faster at every packet size (bench/envelope.js), down
 * to the token, so there is no size from which another takes over; what this OpenSSL does not offer
 * (MD5 in a FIPS build) the portable one does.
 * @throws CipherSuiteError when a cipher comes without a hash, or nothing here offers one of the two
 *   (3des, where OpenSSL lacks it)
 * @throws AuthkeyError when the key has been wiped
 */
export function createEnvelope(options: EnvelopeOptions): PacketEnvelope | null {
  try {
    return createOpensslEnvelope(options);
  } catch (error) {
    // Only OpenSSL's refusals carry a cause; a wrong pair is as wrong for the portable one.
    if (!(error instanceof CipherSuiteError) || error.cause === undefined || options.cipher === "3des")
      throw error;
    return createPortableEnvelope(options);
  }
}
