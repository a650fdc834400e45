import type { ByteSpan } from "@corosync/codec";
import type { ConnectionHandler, RequestOutcome, ServerConnection } from "../src/index.ts";
import { fillReply } from "./messages.ts";

/** Request ids that the echo treats in its own way; all others get a response. */
export const ASK = 3;
export const POST = 2;

/** Answers requests with a response of 8 bytes more and the same number, and a `POST` with nothing. */
export class Echo implements ConnectionHandler {
  readonly opened: ServerConnection[] = [];
  readonly closed: ServerConnection[] = [];
  /** Numbers of all requests taken, in order. */
  readonly taken: number[] = [];
  /** What `accept` answers. */
  verdict = 0;
  /** Called before a request is taken; `later` puts it off. */
  before: (connection: ServerConnection, request: ByteSpan) => RequestOutcome = () => "done";
  #waiting: { readonly met: () => boolean; readonly resolve: () => void }[] = [];

  accept(): number {
    return this.verdict;
  }

  connectionOpened(connection: ServerConnection): void {
    this.opened.push(connection);
    this.#check();
  }

  request(connection: ServerConnection, request: ByteSpan): RequestOutcome {
    if (this.before(connection, request) === "later") {
      this.#check();
      return "later";
    }
    const number = request.u32(16);
    this.taken.push(number);
    if (request.i32(0) !== POST) fillReply(connection.respond(request.length + 8), request.i32(0), number);
    this.#check();
    return "done";
  }

  connectionClosed(connection: ServerConnection): void {
    this.closed.push(connection);
    this.#check();
  }

  /** Resolves once the condition holds after one of the calls above. */
  async until(met: () => boolean): Promise<void> {
    if (met()) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push({ met, resolve });
    });
  }

  #check(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (waiter.met()) waiter.resolve();
      else this.#waiting.push(waiter);
    }
  }
}
