import { ByteSpan } from "@corosync/codec";
import type { ByteChannel, ByteSink } from "./byte-channel.ts";
import type { PeerCredentials, ServerConnection } from "./connection.ts";
import { FRAME_HEADER_BYTES, FrameType, frameTypeName } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { checkMessage, DISCONNECT_ID, REQUEST_HEADER_BYTES, RESPONSE_HEADER_BYTES } from "./message.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { ServerEnd } from "./server-end.ts";

/**
 * `open`; `draining`: the client is gone, the requests it sent are still handled; `closing`: we
 * disconnect it, the handler is told in the next turn; `closed`: the handler was told.
 */
type State = "open" | "draining" | "closing" | "closed";

/** A client that was let in. */
export interface Admitted {
  readonly id: number;
  readonly credentials: PeerCredentials | null;
  readonly maxMessageBytes: number;
}

/** The executive's end of one client. */
export class ServedConnection implements ServerConnection, ByteSink {
  readonly id: number;
  readonly credentials: PeerCredentials | null;
  readonly #server: ServerEnd;
  readonly #channel: ByteChannel;
  readonly #maxMessageBytes: number;
  readonly #reader: FrameReader;
  readonly #output: OutputBuffer;
  #state: State = "open";
  #channelGone = false;
  /** Whether a disconnected client still gets what was gathered for it. */
  #flushLast = false;
  /** Whether the handler answered `later` and has not been asked again. */
  #putOff = false;
  #paused = false;
  /**
   * So many events wait for the client that its requests wait too: what it asks for mostly makes more of
   * them, and a client that floods itself is to be slowed down, not disconnected.
   */
  #throttled = false;
  #awake = false;
  #requestsLeft: number;
  #bytesLeft: number;
  #cancelLinger: (() => void) | null = null;

  constructor(server: ServerEnd, channel: ByteChannel, client: Admitted) {
    this.id = client.id;
    this.credentials = client.credentials;
    this.#server = server;
    this.#channel = channel;
    this.#maxMessageBytes = client.maxMessageBytes;
    this.#reader = new FrameReader(client.maxMessageBytes);
    this.#output = new OutputBuffer(server.pool, (bytes) => channel.write(bytes));
    this.#requestsLeft = server.limits.requestsPerTurn;
    this.#bytesLeft = server.limits.bytesPerTurn;
  }

  get open(): boolean {
    return this.#state === "open";
  }

  respond(length: number): ByteSpan {
    return this.#reserve(FrameType.response, length);
  }

  event(length: number): ByteSpan {
    return this.#reserve(FrameType.event, length);
  }

  close(reason: string): void {
    if (this.#state !== "open") return;
    this.#server.offences.report(`client ${this.id} disconnected: ${reason}`);
    this.dismiss();
  }

  /** Disconnects without a word in the log, after what was gathered. */
  dismiss(): void {
    if (this.#state === "draining") this.#finish();
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#flushLast = true;
    this.wake();
  }

  /** Tells the client the flow-control word (spec ipc 5.6). */
  tellFlowControl(word: number): void {
    if (this.#state === "open") this.#output.reserve(FrameType.flowControl, 4).setU32(0, word);
    this.wake();
  }

  /** Has a request that was put off offered again, in the next turn. */
  offerAgain(): void {
    if (!this.#putOff) return;
    this.#putOff = false;
    this.wake();
  }

  /** Asks for a turn. */
  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#server.wake(this);
  }

  /** The connection's share of one turn of the event loop. */
  turn(): void {
    this.#awake = false;
    this.#requestsLeft = this.#server.limits.requestsPerTurn;
    this.#bytesLeft = this.#server.limits.bytesPerTurn;
    if (this.#state === "open" || this.#state === "draining") this.#work();
    if (this.#state === "closing") this.#finish();
    else if (this.#state === "open") this.#output.flush();
  }

  received(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#reader.push(bytes);
    this.#work();
    this.wake();
  }

  written(): void {
    if (this.#state !== "open") return;
    this.#output.written();
    if (this.#output.queuedBytes > 0 || this.#throttled) this.wake();
  }

  ended(): void {
    if (this.#state !== "open") return;
    this.#state = "draining";
    this.#output.drop();
    this.wake();
  }

  gone(): void {
    this.ended();
    this.#channelGone = true;
    this.#forgetIfDone();
  }

  #reserve(type: FrameType, length: number): ByteSpan {
    if (length < RESPONSE_HEADER_BYTES)
      throw new RangeError(`a ${frameTypeName(type)} of ${length} bytes has no room for its header`);
    if (this.#state !== "open") return new ByteSpan(new Uint8Array(length));
    if (length > this.#maxMessageBytes)
      return this.#breakOff(length, `${length} bytes exceed its message limit of ${this.#maxMessageBytes}`);
    const queuedBytes = this.#output.queuedBytes + FRAME_HEADER_BYTES + length;
    const limit = this.#server.limits.queuedBytes;
    if (queuedBytes > limit)
      return this.#breakOff(
        length,
        `it does not read: ${queuedBytes} bytes would wait, the limit is ${limit}`,
      );
    this.wake();
    return this.#output.reserve(type, length);
  }

  #breakOff(length: number, reason: string): ByteSpan {
    this.#offend(reason);
    return new ByteSpan(new Uint8Array(length));
  }

  /** Handles what has been received, as far as flow control and this turn's share allow. */
  #work(): void {
    let more = false;
    try {
      more = this.#handleRequests();
    } catch (error) {
      this.#offend(error instanceof Error ? error.message : String(error));
    }
    if (this.#state === "closing" || this.#state === "closed") return;
    if (more) {
      this.#setPaused(true);
      if (!this.#putOff && !this.#throttled && this.#server.flowControl === 0) this.wake();
    } else if (this.#state === "draining") this.#finish();
    else this.#setPaused(false);
  }

  /** @returns whether a whole request is left over */
  #handleRequests(): boolean {
    const server = this.#server;
    const reader = this.#reader;
    this.#throttled = false;
    while (reader.peek()) {
      if (this.#putOff || server.flowControl !== 0) return true;
      if (this.#output.queuedBytes > server.limits.queuedBytes / 2) {
        this.#throttled = true;
        return true;
      }
      if (this.#requestsLeft <= 0 || this.#bytesLeft <= 0) return true;
      const request = reader.body;
      this.#checkRequest(reader.type, request);
      if (server.handler.request(this, request) === "later") {
        this.#putOff = true;
        return true;
      }
      this.#requestsLeft--;
      this.#bytesLeft -= request.length;
      reader.advance();
      if (this.#state === "closing" || this.#state === "closed") return false;
    }
    return false;
  }

  #checkRequest(type: FrameType, request: ByteSpan): void {
    if (type !== FrameType.request) throw new ProtocolError(`${frameTypeName(type)} frame from a client`);
    checkMessage("request", request, REQUEST_HEADER_BYTES);
    const id = request.i32(0);
    if (id === DISCONNECT_ID) throw new ProtocolError("it asked for it");
    if (id < 0) throw new ProtocolError(`request has the reserved id ${id}`);
  }

  /** The client broke the rules, or its handler failed: out with it, others go on. */
  #offend(reason: string): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#server.offences.report(`client ${this.id} disconnected: ${reason}`);
    this.#state = "closing";
    this.wake();
  }

  #setPaused(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    if (paused) this.#channel.pause();
    else this.#channel.resume();
  }

  #finish(): void {
    const broken = this.#state === "closing" && !this.#flushLast;
    if (this.#flushLast) this.#output.flushAll();
    this.#state = "closed";
    this.#output.drop();
    if (broken) this.#channel.destroy();
    else {
      this.#channel.end();
      this.#setPaused(false);
    }
    this.#server.tellClosed(this);
    if (!this.#channelGone)
      this.#cancelLinger = this.#server.loop.setTimer(this.#server.limits.lingerMs, () =>
        this.#channel.destroy(),
      );
    this.#forgetIfDone();
  }

  #forgetIfDone(): void {
    if (this.#state !== "closed" || !this.#channelGone) return;
    this.#cancelLinger?.();
    this.#cancelLinger = null;
    this.#server.forget(this);
  }
}
