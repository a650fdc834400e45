import type { EventLoop } from "./byte-channel.ts";
import type { CarrierLog } from "./carrier-log.ts";
import { ClientEnd, type ClientLimits } from "./client-end.ts";
import { ClientHandshake } from "./client-handshake.ts";
import type { CarrierServer, ClientConnection, ConnectionHandler, PeerCredentials } from "./connection.ts";
import { CsError } from "./cs-error.ts";
import { nextConnectionId, nodeLoop } from "./edge/node-loop.ts";
import { MemoryChannel } from "./memory-channel.ts";
import { DEFAULT_SERVER_LIMITS, ServerEnd, type ServerLimits } from "./server-end.ts";

/** What a carrier in memory may be told. */
export interface MemoryCarrierOptions {
  /** For log lines. */
  readonly service?: string;
  /** Turns and timers; the process's own by default. A simulator injects its own. */
  readonly loop?: EventLoop;
  readonly log?: CarrierLog;
  readonly limits?: Partial<ServerLimits>;
  readonly clientLimits?: Partial<ClientLimits>;
  /** What the server is told of every client. Default null. */
  readonly credentials?: PeerCredentials | null;
  /** Gives ids that no other connection of the process has; counts by default. */
  readonly nextConnectionId?: () => number;
}

/** Both ends of a carrier within the process. */
export interface MemoryCarrier {
  readonly server: CarrierServer;
  /** @throws CsError when the server refuses, or was closed */
  connect(): Promise<ClientConnection>;
}

/**
 * A carrier within the process, for simulations and tests: the same protocol over a pipe in memory.
 * With an injected loop nothing in it depends on time or on the operating system.
 */
export function memoryCarrier(handler: ConnectionHandler, options: MemoryCarrierOptions = {}): MemoryCarrier {
  const loop = options.loop ?? nodeLoop;
  const server = new ServerEnd({
    service: options.service ?? "memory",
    handler,
    loop,
    log: options.log ?? (() => undefined),
    limits: options.limits,
    knownCredentials: options.credentials ?? null,
    nextConnectionId: options.nextConnectionId ?? nextConnectionId,
  });
  const operation = `connect to ${options.service ?? "memory"}`;
  const connect = (): Promise<ClientConnection> => {
    if (server.closing) return Promise.reject(new CsError("CS_ERR_LIBRARY", operation));
    return new Promise((resolve, reject) => {
      const [near, far] = MemoryChannel.pair(loop);
      const handshake = new ClientHandshake(near, {
        operation,
        maxMessageBytes: options.limits?.maxMessageBytes ?? DEFAULT_SERVER_LIMITS.maxMessageBytes,
        proof: null,
        done: (outcome) => {
          if (outcome instanceof Error) {
            reject(outcome);
            return;
          }
          const client = new ClientEnd(near, outcome, loop, options.clientLimits);
          near.sink = client;
          resolve(client);
        },
      });
      near.sink = handshake;
      server.accept(far);
      handshake.start();
    });
  };
  return { server, connect };
}
