import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { ByteSink } from "../byte-channel.ts";
import type { CarrierLog } from "../carrier-log.ts";
import type { CarrierServer, ConnectionHandler } from "../connection.ts";
import { ServerEnd, type ServerLimits } from "../server-end.ts";
import { isAddressServed } from "./address-in-use.ts";
import { nextConnectionId, nodeLoop } from "./node-loop.ts";
import { describeAddress } from "./service-address.ts";
import { canProveIdentity, shmIdentityCheck } from "./shm-identity.ts";
import { SocketChannel } from "./socket-channel.ts";

/** libqb's backlog (spec ipc 2.2). */
const BACKLOG = 128;

const NO_SINK: ByteSink = { received() {}, written() {}, ended() {}, gone() {} };

/** Where a service listens, and who serves it. */
export interface ListenStreamOptions {
  /** The service's name, for log lines. */
  readonly service: string;
  /** From `serviceAddress`. */
  readonly address: string;
  readonly handler: ConnectionHandler;
  readonly log?: CarrierLog;
  /** Longest message, header included, in bytes. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  readonly limits?: Partial<ServerLimits>;
}

/** Another process listens on the address: another executive runs on this host. */
export class AddressInUseError extends Error {
  override readonly name = "AddressInUseError";

  constructor(readonly address: string) {
    super(`address ${describeAddress(address)} is in use by another process`);
  }
}

/**
 * Serves one service on a unix stream socket. A socket's file that is left over from a process that
 * died is removed; one that somebody answers on is not.
 *
 * @throws AddressInUseError when somebody listens there already
 */
export async function listenStream(options: ListenStreamOptions): Promise<CarrierServer> {
  const log = options.log ?? (() => undefined);
  const identity = canProveIdentity() ? shmIdentityCheck : null;
  if (identity === null)
    log("warning", `ipc ${options.service}: without /dev/shm nothing tells who the clients are`);
  const limits =
    options.maxMessageBytes === undefined
      ? options.limits
      : { ...options.limits, maxMessageBytes: options.maxMessageBytes };
  const end = new ServerEnd({
    service: options.service,
    handler: options.handler,
    loop: nodeLoop,
    log,
    limits,
    identity,
    nextConnectionId,
  });
  const listener = createServer({ allowHalfOpen: true }, (socket) =>
    end.accept(new SocketChannel(socket, NO_SINK)),
  );
  await listenOn(listener, options.address);
  listener.on("error", (error) => log("error", `ipc ${options.service}: ${error.message}`));
  return new StreamServer(end, listener);
}

class StreamServer implements CarrierServer {
  readonly #end: ServerEnd;
  readonly #listener: Server;

  constructor(end: ServerEnd, listener: Server) {
    this.#end = end;
    this.#listener = listener;
  }

  setFlowControl(word: 0 | 1 | 2): void {
    this.#end.setFlowControl(word);
  }

  resume(): void {
    this.#end.resume();
  }

  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#listener.close(() => resolve());
    });
    await Promise.all([this.#end.close(), stopped]);
  }
}

async function listenOn(listener: Server, address: string): Promise<void> {
  const isFile = !address.startsWith("\0");
  try {
    await tryListen(listener, address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    if (!isFile || !lstatSync(address).isSocket() || (await isAddressServed(address)))
      throw new AddressInUseError(address);
    // It may have gone meanwhile.
    rmSync(address, { force: true });
    await tryListen(listener, address);
  }
  if (isFile) chmodSync(address, 0o777);
}

function tryListen(listener: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen({ path: address, backlog: BACKLOG }, () => {
      listener.off("error", reject);
      resolve();
    });
  });
}
