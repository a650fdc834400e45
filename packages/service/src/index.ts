export { CS_OK, CsError, type CsErrorCode, type CsErrorName, csErrorCode } from "@corosync/ipc";
export type {
  LogLevel,
  MessageHandler,
  RequestHandler,
  ServiceEngine,
  ServiceHost,
  SyncCallbacks,
  SyncStart,
} from "./engine.ts";
export { messageId, requestHeader, responseHeader } from "./message-header.ts";
