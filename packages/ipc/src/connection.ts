import type { ByteSpan } from "@corosync/codec";

/** Who is at the other end, as far as the carrier can know. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The executive's end of one client connection. `respond` and `event` reserve the bytes of one
 * message in the connection's output; the caller fills them before it returns to the event loop and
 * before its next call on this connection. The carrier sends what was gathered once a turn.
 */
export interface ServerConnection {
  /** Unique among all connections of the process. */
  readonly id: number;
  readonly credentials: PeerCredentials | null;
  /** False once closed; `respond` and `event` then hand out scratch bytes that go nowhere. */
  readonly open: boolean;
  /** Reserves a response of `length` bytes (24-byte header included), zero-filled up to byte 24. */
  respond(length: number): ByteSpan;
  /** Reserves an event of `length` bytes (24-byte header included), zero-filled up to byte 24. */
  event(length: number): ByteSpan;
  /** Disconnects the client; `reason` goes to the log. `connectionClosed` follows. */
  close(reason: string): void;
}

/**
 * What became of a request: `done`, or `later`: the ring has no room for it. The carrier then keeps
 * the request, stops reading from that connection and offers it again when `resume` is called.
 */
export type RequestOutcome = "done" | "later";

/** What a service registers with a carrier's server end. */
export interface ConnectionHandler {
  /** Answers 0 to accept, or a negative errno that the client is told (spec ipc 3.4). */
  accept(credentials: PeerCredentials | null): number;
  /** A client was accepted. */
  connectionOpened(connection: ServerConnection): void;
  /** `request` is lent for the call. Its header is checked: id >= 0, size equals length. */
  request(connection: ServerConnection, request: ByteSpan): RequestOutcome;
  /** The connection is gone; nothing more comes from it. */
  connectionClosed(connection: ServerConnection): void;
}

/** The server end of a carrier for one service name. */
export interface CarrierServer {
  /**
   * The flow-control word of spec ipc 5.6 (0 open, 1 off, 2 off for bulk senders). While it is not
   * 0 nothing is read from clients.
   */
  setFlowControl(word: 0 | 1 | 2): void;
  /** Offers requests that were put off again. */
  resume(): void;
  /** Disconnects every client and stops listening. */
  close(): Promise<void>;
}

/** The client's end of one connection. */
export interface ClientConnection {
  /** Largest message either way, in bytes. */
  readonly maxMessageBytes: number;
  /**
   * The server's flow-control word (spec ipc 5.6), as last told: 0 open, 1 off, 2 off for bulk senders.
   * While it is not 0 requests are taken, but wait.
   */
  readonly flowControl: number;
  /** Resolves with the response's own copy of bytes. Requests are answered in order; pipelining is allowed. */
  request(bytes: Uint8Array): Promise<Uint8Array>;
  /** Reserves a request that has no response; filled before the next call and sent once a turn. */
  send(length: number): ByteSpan;
  /** Bytes handed to `send` that the other end has not taken yet. */
  readonly pendingBytes: number;
  /** Resolves when `pendingBytes` has fallen below the low-water mark. Rejects when the connection closes. */
  drained(): Promise<void>;
  /** Events in order; the span is lent for the call. Set once, before the first event matters. */
  onEvent: ((event: ByteSpan) => void) | null;
  /**
   * Stops events; they wait at the other end, as far as possible. Responses still come: events that
   * lie before one are kept here.
   */
  pause(): void;
  /** Lets events come again after `pause`. */
  resume(): void;
  /** Resolves when the connection is gone; with the error if it was not closed by `close`. */
  readonly closed: Promise<Error | null>;
  /** Disconnects; `closed` resolves with null. */
  close(): Promise<void>;
}
