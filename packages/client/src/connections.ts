import type { ClientConnection } from "@corosync/ipc";
import { CsError } from "@corosync/service";

/** Opens a connection to a service of the executive. */
export type OpenConnection = (service: string, signal: AbortSignal | undefined) => Promise<ClientConnection>;

const RETRY_MS = 50;

/** The connections of one cluster object: one a service for questions, and one for each group. */
export class Connections {
  readonly #open: OpenConnection;
  readonly #wait: boolean;
  readonly #all = new Set<ClientConnection>();
  readonly #shared = new Map<string, Promise<ClientConnection>>();
  #closed = false;

  /** @param wait whether to try again while the executive lets nobody in yet */
  constructor(open: OpenConnection, wait: boolean) {
    this.#open = open;
    this.#wait = wait;
  }

  /** A connection that the caller closes, unless `close` does. */
  async open(service: string, signal?: AbortSignal): Promise<ClientConnection> {
    for (;;) {
      if (this.#closed) throw new CsError("CS_ERR_BAD_HANDLE", `connect to ${service}`);
      try {
        return await this.#opened(await this.#open(service, signal));
      } catch (error) {
        const starting = error instanceof CsError && error.code === "CS_ERR_TRY_AGAIN";
        if (!starting || !this.#wait) throw error;
      }
      await pause(RETRY_MS, signal);
    }
  }

  /** The connection for questions to that service; a new one if the last one broke. */
  shared(service: string, signal?: AbortSignal): Promise<ClientConnection> {
    const known = this.#shared.get(service);
    if (known !== undefined) return known;
    const opening = this.open(service, signal);
    this.#shared.set(service, opening);
    const forget = () => this.#shared.delete(service);
    opening.then((connection) => connection.closed.then(forget), forget);
    return opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  async #opened(connection: ClientConnection): Promise<ClientConnection> {
    if (this.#closed) {
      await connection.close();
      throw new CsError("CS_ERR_BAD_HANDLE", "connect");
    }
    this.#all.add(connection);
    void connection.closed.then(() => this.#all.delete(connection));
    return connection;
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
