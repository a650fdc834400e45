import type { PeerCredentials } from "./connection.ts";

/** What a channel tells its user. */
export interface ByteSink {
  /** `bytes` belong to the sink from now on. */
  received(bytes: Uint8Array): void;
  /** The oldest bytes given to `write` have left and may be reused. */
  written(): void;
  /** Nothing more will be received: the other end closed (null), or the channel broke. Told once. */
  ended(error: Error | null): void;
  /** Both directions are gone. The last call. */
  gone(): void;
}

/** A two-way stream of bytes: a socket, or a pipe within the process. */
export interface ByteChannel {
  /** Who is told; set before the channel's owner returns to the event loop. */
  sink: ByteSink;
  /** Sends bytes, which stay as they are until `written` tells so. */
  write(bytes: Uint8Array): void;
  /** Stops `received` soon; a little that is under way may still come. */
  pause(): void;
  resume(): void;
  /** Ends the stream after all that was written. */
  end(): void;
  /** Breaks the channel at once. */
  destroy(): void;
}

/** What the core takes from the event loop. */
export interface EventLoop {
  /** Runs `task` in a later turn, after tasks given before. */
  schedule(task: () => void): void;
  /** Runs `task` once after `delayMs` unless the returned function was called before. */
  setTimer(delayMs: number, task: () => void): () => void;
}

/** How the server finds out who a client is; null when a client proved nothing. */
export interface IdentityCheck {
  /** 16 random bytes that name the directory a client has to own. */
  challenge(): Uint8Array;
  /** Looks the directory up and removes it. */
  owner(challenge: Uint8Array): Promise<PeerCredentials | null>;
}

/** How a client shows who it is. Neither call fails: what cannot be shown is not shown. */
export interface IdentityProof {
  show(challenge: Uint8Array): Promise<void>;
  withdraw(challenge: Uint8Array): Promise<void>;
}
