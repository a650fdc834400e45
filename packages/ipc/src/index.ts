export type { EventLoop } from "./byte-channel.ts";
export type { CarrierLog } from "./carrier-log.ts";
export type { ClientLimits } from "./client-end.ts";
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
export { isAddressServed } from "./edge/address-in-use.ts";
export { type ConnectStreamOptions, connectStream } from "./edge/connect-stream.ts";
export { AddressInUseError, type ListenStreamOptions, listenStream } from "./edge/listen-stream.ts";
export { serviceAddress } from "./edge/service-address.ts";
export { type MemoryCarrier, type MemoryCarrierOptions, memoryCarrier } from "./memory-carrier.ts";
export type { ServerLimits } from "./server-end.ts";
