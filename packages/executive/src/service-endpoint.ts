import type { ByteSpan } from "@corosync/codec";
import type {
  CarrierServer,
  ConnectionHandler,
  PeerCredentials,
  RequestOutcome,
  ServerConnection,
} from "@corosync/ipc";
import { csErrorCode, responseHeader, type ServiceEngine } from "@corosync/service";

/** The word that tells clients whether to send (spec ipc 5.6). */
export type FlowControlWord = 0 | 1 | 2;

export interface EndpointEnvironment {
  isSynchronizing(): boolean;
  /** 0 to accept, or a negative errno. */
  accept(credentials: PeerCredentials | null): number;
  /** A request found no room on the ring and waits for `offerAgain`. */
  requestWaits(): void;
}

/** The clients of one service, over all its carriers. */
export class ServiceEndpoint implements ConnectionHandler {
  readonly #servers: CarrierServer[] = [];
  /** Open connections, oldest first. */
  readonly #connections = new Set<ServerConnection>();
  #word: FlowControlWord = 0;
  #closed = false;

  constructor(
    readonly engine: ServiceEngine,
    readonly environment: EndpointEnvironment,
  ) {}

  attach(server: CarrierServer): void {
    this.#servers.push(server);
    server.setFlowControl(this.#word);
  }

  accept(credentials: PeerCredentials | null): number {
    const ENOSYS = 38;
    return this.#closed ? -ENOSYS : this.environment.accept(credentials);
  }

  connectionOpened(connection: ServerConnection): void {
    if (this.#closed) return;
    this.#connections.add(connection);
    this.engine.connectionOpened?.(connection);
  }

  request(connection: ServerConnection, request: ByteSpan): RequestOutcome {
    const handler = this.engine.requests[request.i32(0)];
    if (handler === undefined || this.#closed) {
      refuse(connection);
      return "done";
    }
    // Nothing is refused because the ring is busy: the request waits (spec ipc 8.1, "loss window").
    if (handler.flowControl && this.environment.isSynchronizing()) return "later";
    const outcome = handler.handle(connection, request);
    if (outcome === "later") this.environment.requestWaits();
    return outcome;
  }

  connectionClosed(connection: ServerConnection): void {
    if (this.#connections.delete(connection)) this.engine.connectionClosed?.(connection);
  }

  setFlowControl(word: FlowControlWord): void {
    if (word === this.#word) return;
    this.#word = word;
    for (const server of this.#servers) server.setFlowControl(word);
  }

  /** Has the carriers offer what was put off. */
  offerAgain(): void {
    for (const server of this.#servers) server.resume();
  }

  /** Ends every connection, newest first, for the engine at once (spec services-cpg-sam 1.2). */
  close(): Promise<unknown> {
    this.#closed = true;
    for (const connection of [...this.#connections].reverse()) this.connectionClosed(connection);
    return Promise.all(this.#servers.map((server) => server.close()));
  }
}

/** The answer to a request that the service does not have: id 0 and the bare header. */
function refuse(connection: ServerConnection): void {
  const response = connection.respond(responseHeader.size);
  response.setI32(0, 0);
  response.setI32(8, responseHeader.size);
  response.setI32(16, csErrorCode("CS_ERR_INVALID_PARAM"));
}
