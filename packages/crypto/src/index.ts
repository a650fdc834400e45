export {
  Authkey,
  AuthkeyError,
  authkeyFromBytes,
  authkeyFromConfig,
  DEFAULT_AUTHKEY_BYTES,
  type FillRandom,
  generateAuthkey,
  MAX_AUTHKEY_BYTES,
  MIN_AUTHKEY_BYTES,
} from "./authkey.ts";
export { type AuthkeyFile, readAuthkey } from "./authkey-file.ts";
export {
  CIPHER_NAMES,
  type CipherName,
  CipherSuiteError,
  envelopeOverheadBytes,
  HASH_NAMES,
  type HashName,
} from "./envelope/cipher-suite.ts";
export { createEnvelope } from "./envelope/create-envelope.ts";
export type { EnvelopeOptions } from "./envelope/envelope-options.ts";
export { openFailureReason } from "./envelope/open-failure-reason.ts";
export { createOpensslEnvelope } from "./envelope/openssl-envelope.ts";
export { OpenFailure, type OpenFailureCode, type PacketEnvelope } from "./envelope/packet-envelope.ts";
export { createPortableEnvelope } from "./envelope/portable-envelope.ts";
export { PeerComplaints, type PeerComplaintsOptions } from "./peer-complaints.ts";
export { fillSystemRandom } from "./system-random.ts";
