import { Admission } from "./admission.ts";
import type { ByteChannel, ByteSink, EventLoop, IdentityCheck } from "./byte-channel.ts";
import { type CarrierLog, OffenceLog } from "./carrier-log.ts";
import { ChunkPool } from "./chunk-pool.ts";
import type { CarrierServer, ConnectionHandler, PeerCredentials } from "./connection.ts";
import { Errno } from "./errno.ts";
import { type Admitted, ServedConnection } from "./served-connection.ts";

/** Bounds of what one service's clients may use. */
export interface ServerLimits {
  /** Longest message, header included, in bytes; clients may ask for less. Default 1 MiB. */
  readonly maxMessageBytes: number;
  /** Connections at a time, those not yet let in included. Default 1024. */
  readonly connections: number;
  /**
   * Events that wait for one client, in bytes. A client that exceeds it is disconnected; from half of it
   * on its requests wait. Default 64 MiB.
   */
  readonly queuedBytes: number;
  /** Requests handled of one client in one turn of the event loop. Default 512. */
  readonly requestsPerTurn: number;
  /** Bytes of requests after which a client's turn is over. Default 256 KiB. */
  readonly bytesPerTurn: number;
  /** How long a peer may take to say who it is, in ms. Default 10 s. */
  readonly helloTimeoutMs: number;
  /** How long a connection that was closed may take to send what is left, in ms. Default 1 s. */
  readonly lingerMs: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  maxMessageBytes: 1024 * 1024,
  connections: 1024,
  queuedBytes: 64 * 1024 * 1024,
  requestsPerTurn: 512,
  bytesPerTurn: 256 * 1024,
  helloTimeoutMs: 10_000,
  lingerMs: 1000,
};

export interface ServerEndOptions {
  readonly service: string;
  readonly handler: ConnectionHandler;
  readonly loop: EventLoop;
  readonly log: CarrierLog;
  readonly limits?: Partial<ServerLimits> | undefined;
  /** How clients show who they are; without it all have `knownCredentials`. */
  readonly identity?: IdentityCheck | null;
  readonly knownCredentials?: PeerCredentials | null;
  /** Gives ids that no other connection of the process has. */
  readonly nextConnectionId: () => number;
}

/** The server end of one service over any kind of channel: all its clients and their flow control. */
export class ServerEnd implements CarrierServer {
  readonly handler: ConnectionHandler;
  readonly loop: EventLoop;
  readonly limits: ServerLimits;
  readonly identity: IdentityCheck | null;
  readonly knownCredentials: PeerCredentials | null;
  readonly offences: OffenceLog;
  readonly pool = new ChunkPool();
  /** Word of spec ipc 5.6; requests wait while it is not 0. */
  flowControl: 0 | 1 | 2 = 0;
  closing = false;
  readonly #log: CarrierLog;
  readonly #nextConnectionId: () => number;
  readonly #admissions = new Set<Admission>();
  readonly #connections = new Set<ServedConnection>();
  #awake: ServedConnection[] = [];
  #turning: ServedConnection[] = [];
  readonly #runTurns = (): void => this.#turns();
  #allGone: (() => void) | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: ServerEndOptions) {
    this.handler = options.handler;
    this.loop = options.loop;
    this.limits = { ...DEFAULT_SERVER_LIMITS, ...options.limits };
    this.identity = options.identity ?? null;
    this.knownCredentials = options.knownCredentials ?? null;
    this.offences = new OffenceLog(options.service, options.log, options.loop);
    this.#log = options.log;
    this.#nextConnectionId = options.nextConnectionId;
  }

  /** Takes over a channel that a client opened. */
  accept(channel: ByteChannel): void {
    if (this.closing || this.#admissions.size + this.#connections.size >= this.limits.connections) {
      if (!this.closing)
        this.offences.report(`connection refused: there are ${this.limits.connections} already`);
      channel.destroy();
      return;
    }
    const admission = new Admission(this, channel, this.#nextConnectionId());
    this.#admissions.add(admission);
    channel.sink = admission;
  }

  /** Makes a client of a peer that was let in. */
  admit(admission: Admission, channel: ByteChannel, client: Admitted): void {
    this.#admissions.delete(admission);
    const connection = new ServedConnection(this, channel, client);
    this.#connections.add(connection);
    channel.sink = connection;
    try {
      this.handler.connectionOpened(connection);
    } catch (error) {
      connection.close(`its service failed: ${String(error)}`);
    }
    if (this.flowControl !== 0) connection.tellFlowControl(this.flowControl);
  }

  /** Gives the connection a share of the next turn. */
  wake(connection: ServedConnection): void {
    this.#awake.push(connection);
    if (this.#awake.length === 1) this.loop.schedule(this.#runTurns);
  }

  /** Asks the handler whether to let a client in: 0 or a negative errno. */
  ask(credentials: PeerCredentials | null): number {
    if (this.closing) return -Errno.ENOSYS;
    try {
      const error = this.handler.accept(credentials);
      return error > 0 ? -error : error;
    } catch (error) {
      this.#log("error", `ipc: the service failed to judge a client: ${String(error)}`);
      return -Errno.ENOSYS;
    }
  }

  tellClosed(connection: ServedConnection): void {
    try {
      this.handler.connectionClosed(connection);
    } catch (error) {
      this.#log("error", `ipc: the service failed to let go of client ${connection.id}: ${String(error)}`);
    }
  }

  forget(peer: ByteSink): void {
    if (peer instanceof ServedConnection) this.#connections.delete(peer);
    else if (peer instanceof Admission) this.#admissions.delete(peer);
    if (this.#connections.size + this.#admissions.size === 0) this.#allGone?.();
  }

  setFlowControl(word: 0 | 1 | 2): void {
    if (this.flowControl === word) return;
    this.flowControl = word;
    for (const connection of this.#connections) connection.tellFlowControl(word);
  }

  resume(): void {
    for (const connection of this.#connections) connection.offerAgain();
  }

  /** Disconnects everyone; resolves when all channels are gone. */
  close(): Promise<void> {
    if (this.#closed !== null) return this.#closed;
    this.closing = true;
    this.#closed = new Promise((resolve) => {
      this.#allGone = resolve;
    });
    for (const admission of this.#admissions) admission.break();
    for (const connection of this.#connections) connection.dismiss();
    if (this.#connections.size + this.#admissions.size === 0) this.#allGone?.();
    return this.#closed;
  }

  #turns(): void {
    const turning = this.#awake;
    this.#awake = this.#turning;
    this.#turning = turning;
    for (const connection of turning) connection.turn();
    turning.length = 0;
  }
}
