import { connect, type Socket } from "node:net";
import { ClientEnd, type ClientLimits } from "../client-end.ts";
import { ClientHandshake } from "../client-handshake.ts";
import type { ClientConnection } from "../connection.ts";
import { CsError } from "../cs-error.ts";
import { csErrorOfErrno } from "../errno.ts";
import { nodeLoop } from "./node-loop.ts";
import { describeAddress } from "./service-address.ts";
import { canProveIdentity, shmIdentityProof } from "./shm-identity.ts";
import { SocketChannel } from "./socket-channel.ts";

/** Where a client connects to, and its bounds. */
export interface ConnectStreamOptions {
  /** From `serviceAddress`. */
  readonly address: string;
  /** What is attempted, for error messages. Default `connect to @cpg`. */
  readonly operation?: string;
  readonly signal?: AbortSignal;
  /** Longest message wanted, in bytes; the server may allow less. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  readonly limits?: Partial<ClientLimits>;
}

/**
 * Connects to a service of the executive.
 *
 * @throws CsError by the table of spec ipc 7.6: CS_ERR_LIBRARY when nobody listens, CS_ERR_ACCESS,
 *   CS_ERR_TRY_AGAIN and so on when the executive refuses; the signal's reason when it aborts
 */
export function connectStream(options: ConnectStreamOptions): Promise<ClientConnection> {
  const operation = options.operation ?? `connect to ${describeAddress(options.address)}`;
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const socket = connect({ path: options.address, allowHalfOpen: true });
    const abort = (): void => {
      reject(options.signal?.reason);
      socket.destroy();
    };
    options.signal?.addEventListener("abort", abort, { once: true });
    const done = (outcome: ClientConnection | Error): void => {
      options.signal?.removeEventListener("abort", abort);
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    const refused = (error: NodeJS.ErrnoException): void => {
      done(new CsError(csErrorOfErrno(error.code ?? ""), operation, { cause: error }));
    };
    socket.once("error", refused);
    socket.once("connect", () => {
      socket.off("error", refused);
      greet(socket, operation, options, done);
    });
  });
}

function greet(
  socket: Socket,
  operation: string,
  options: ConnectStreamOptions,
  done: (outcome: ClientConnection | Error) => void,
): void {
  const channel: SocketChannel = new SocketChannel(socket, {
    received: (bytes) => handshake.received(bytes),
    written: () => undefined,
    ended: (error) => handshake.ended(error),
    gone: () => undefined,
  });
  const handshake = new ClientHandshake(channel, {
    operation,
    maxMessageBytes: options.maxMessageBytes ?? 1024 * 1024,
    proof: canProveIdentity() ? shmIdentityProof : null,
    done: (outcome) => {
      if (outcome instanceof Error) {
        done(outcome);
        return;
      }
      const client = new ClientEnd(channel, outcome, nodeLoop, options.limits);
      channel.sink = client;
      done(client);
    },
  });
  handshake.start();
}
