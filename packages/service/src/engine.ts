import type { ByteSpan } from "@corosync/codec";
import type { RequestOutcome, ServerConnection } from "@corosync/ipc";
import type { ConfigurationChange, RingId } from "@corosync/totem";

/** Level of a log line, the most urgent first. */
export type LogLevel =
  | "emerg"
  | "alert"
  | "crit"
  | "error"
  | "warning"
  | "notice"
  | "info"
  | "debug"
  | "trace";

/** Handles one request of a client. The span is lent for the call. */
export interface RequestHandler {
  /**
   * True when the request leads to a multicast and therefore waits while a synchronization runs or
   * the ring's queue has no room (spec ipc 8.1, "flow control required").
   */
  readonly flowControl: boolean;
  /** Answers `later` to have the same request offered again when the ring's queue has drained. */
  handle(connection: ServerConnection, request: ByteSpan): RequestOutcome;
}

/** Handles one message of the ring, at the same point of the total order on every node. */
export type MessageHandler = (nodeId: number, message: ByteSpan) => void;

/** What a synchronization starts with (spec services-cpg-sam 2.2). */
export interface SyncStart {
  /** Members that came along from the previous ring, in the order of the transitional configuration. */
  readonly transitional: readonly number[];
  readonly members: readonly number[];
  readonly ringId: RingId;
}

/** The callbacks of a service that synchronizes its state when the membership changes. */
export interface SyncCallbacks {
  /** A synchronization begins; one that was under way was aborted before. */
  init(start: SyncStart): void;
  /** Multicasts this node's state. False: the queue is full, call again after the next token. */
  process(): boolean;
  /** Every member's state has been delivered: make it the new state. */
  activate(): void;
  /** The membership has changed again: the synchronization is given up. */
  abort(): void;
}

/**
 * A service of the executive. Its messages have ids `id << 16 | fn`; `messages[fn]` handles them,
 * `requests[fn]` handles what clients ask for. Nothing in an engine touches sockets, clocks or files.
 */
export interface ServiceEngine {
  /** 0..63; ids below 8 belong to Corosync's own services. */
  readonly id: number;
  /** Engine name, e.g. `corosync_cpg`. */
  readonly name: string;
  /** The words of the log, e.g. `corosync cluster closed process group service v1.01`. */
  readonly description: string;
  /** The subsystem that the log names for it, e.g. `CPG`. */
  readonly subsystem: string;
  /** The listening name for clients, or null for a service without any. */
  readonly ipcName: string | null;
  /** Services of higher priority are unloaded first. */
  readonly unloadPriority: number;
  /** True for a service whose clients are served while a synchronization runs. */
  readonly servesWhileSynchronizing?: boolean;
  readonly requests: readonly RequestHandler[];
  readonly messages: readonly MessageHandler[];
  readonly sync: SyncCallbacks | null;

  /** Called once, before anything else. @throws when the service cannot start; the message is the reason */
  start(host: ServiceHost): void;
  /** The service is unloaded; its clients are gone. */
  stop?(): void;
  /** A client has connected. */
  connectionOpened?(connection: ServerConnection): void;
  /** A client is gone. */
  connectionClosed?(connection: ServerConnection): void;
  /** The ring has changed, before any synchronization. */
  configurationChanged?(change: ConfigurationChange): void;
  /** The synchronization of all services is complete; normal multicasts flow again. */
  synchronized?(): void;
}

/** What the executive gives to an engine. */
export interface ServiceHost {
  readonly nodeId: number;
  /** True from a configuration change until the end of the synchronization it causes. */
  readonly synchronizing: boolean;
  /** Largest message that `multicast` takes, header and payload together, in bytes. */
  readonly maxMessageBytes: number;
  /**
   * Multicasts to this service on every node, this one included: `header` starts with 16 bytes left
   * to the host (id and size), then come its own fields, then the payload. False: no room, nothing sent.
   * @throws RangeError when the message is longer than `maxMessageBytes`
   */
  multicast(fn: number, header: ByteSpan, payload?: ByteSpan): boolean;
  /**
   * Runs `work` after each token this node sends, until it returns true: the way to repeat what found
   * no room. Returns a function that cancels it.
   */
  afterToken(work: () => boolean): () => void;
  /** Random 32 bits, from the edge. */
  random(): number;
  /** Writes a log line under the service's subsystem. */
  log(level: LogLevel, text: string): void;
  /** As `log`, but at most once a second for each `subject`: for what bad input can cause at any rate. */
  logRarely(level: LogLevel, subject: string, text: string): void;
}
