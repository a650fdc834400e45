export type {
  CarrierServer,
  ClientConnection,
  ConnectionHandler,
  PeerCredentials,
  RequestOutcome,
  ServerConnection,
} from "./connection.ts";
export {
  CS_ERROR_NAMES,
  CS_OK,
  CsError,
  type CsErrorCode,
  type CsErrorName,
  csErrorCode,
} from "./cs-error.ts";
