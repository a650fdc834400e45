import type { ByteSpan } from "@corosync/codec";
import { AnswerQueue } from "./answer-queue.ts";
import type { ByteChannel, ByteSink, EventLoop } from "./byte-channel.ts";
import { ChunkPool } from "./chunk-pool.ts";
import type { Greeted } from "./client-handshake.ts";
import type { ClientConnection } from "./connection.ts";
import { CsError } from "./cs-error.ts";
import { FrameType, frameTypeName } from "./frame.ts";
import type { FrameReader } from "./frame-reader.ts";
import { HeldEvents } from "./held-events.ts";
import { checkMessage, REQUEST_HEADER_BYTES, RESPONSE_HEADER_BYTES } from "./message.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Bounds of one client connection. */
export interface ClientLimits {
  /** `drained` waits until no more than this is pending, in bytes. Default 256 KiB. */
  readonly lowWaterBytes: number;
  /** Beyond this many pending bytes `send` fails with CS_ERR_TRY_AGAIN. Default 64 MiB. */
  readonly pendingBytes: number;
  /** Requests that may be without an answer at a time. Default 65536. */
  readonly outstandingRequests: number;
  /** Events kept while paused for the sake of an answer behind them, in bytes. Default 64 MiB. */
  readonly heldBytes: number;
  /** How long `close` waits for the server to take everything, in ms. Default 2 s. */
  readonly lingerMs: number;
}

const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  lowWaterBytes: 256 * 1024,
  pendingBytes: 64 * 1024 * 1024,
  outstandingRequests: 65_536,
  heldBytes: 64 * 1024 * 1024,
  lingerMs: 2000,
};

interface DrainWaiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** `closing`: `close` was called and the server has not closed its end yet. */
type State = "open" | "closing" | "closed";

/** The client's end of a connection over any kind of channel. */
export class ClientEnd implements ClientConnection, ByteSink {
  readonly maxMessageBytes: number;
  readonly closed: Promise<Error | null>;
  onEvent: ((event: ByteSpan) => void) | null = null;
  #flowControl = 0;
  readonly #channel: ByteChannel;
  readonly #loop: EventLoop;
  readonly #limits: ClientLimits;
  readonly #reader: FrameReader;
  readonly #output: OutputBuffer;
  readonly #held: HeldEvents;
  readonly #answers = new AnswerQueue();
  #drains: DrainWaiter[] = [];
  #state: State = "open";
  #paused = false;
  #channelPaused = false;
  #awake = false;
  #error: Error | null = null;
  #resolveClosed!: (error: Error | null) => void;
  #cancelLinger: (() => void) | null = null;
  readonly #turn = (): void => this.#runTurn();

  constructor(channel: ByteChannel, greeted: Greeted, loop: EventLoop, limits?: Partial<ClientLimits>) {
    this.#channel = channel;
    this.#loop = loop;
    this.#limits = { ...DEFAULT_CLIENT_LIMITS, ...limits };
    this.maxMessageBytes = greeted.maxMessageBytes;
    this.#reader = greeted.reader;
    this.#output = new OutputBuffer(new ChunkPool(), (bytes) => channel.write(bytes));
    this.#held = new HeldEvents(this.#limits.heldBytes);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    if (greeted.reader.bufferedBytes > 0) this.#wake();
  }

  get flowControl(): number {
    return this.#flowControl;
  }

  get pendingBytes(): number {
    return this.#output.pendingBytes;
  }

  /** @throws CsError when the length is out of bounds, too much is pending or the connection is gone */
  send(length: number): ByteSpan {
    this.#checkOpen("send");
    if (length > this.maxMessageBytes) throw new CsError("CS_ERR_TOO_BIG", `send of ${length} bytes`);
    if (length < REQUEST_HEADER_BYTES) throw new CsError("CS_ERR_INVALID_PARAM", `send of ${length} bytes`);
    if (this.#output.pendingBytes + length > this.#limits.pendingBytes)
      throw new CsError("CS_ERR_TRY_AGAIN", "send");
    this.#wake();
    return this.#output.reserve(FrameType.request, length);
  }

  request(bytes: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#answers.length >= this.#limits.outstandingRequests)
        throw new CsError("CS_ERR_TRY_AGAIN", "request");
      this.send(bytes.length).write(0, bytes);
      this.#answers.push(resolve, reject);
    });
  }

  async drained(): Promise<void> {
    this.#checkOpen("drained");
    if (this.pendingBytes <= this.#limits.lowWaterBytes) return;
    await new Promise<void>((resolve, reject) => {
      this.#drains.push({ resolve, reject });
    });
  }

  pause(): void {
    this.#paused = true;
    this.#wake();
  }

  resume(): void {
    this.#paused = false;
    this.#wake();
  }

  /** Sends what was gathered and waits until the server has taken it and closed its end. */
  async close(): Promise<void> {
    if (this.#state === "open") {
      this.#state = "closing";
      this.#output.flushAll();
      this.#rejectAll(new CsError("CS_ERR_LIBRARY", "the connection was closed"));
      this.#channel.end();
      this.#setChannelPaused(false);
      this.#cancelLinger = this.#loop.setTimer(this.#limits.lingerMs, () => this.#channel.destroy());
    }
    await this.closed;
  }

  received(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#reader.push(bytes);
    this.#takeFrames();
  }

  written(): void {
    if (this.#state !== "open") return;
    this.#output.written();
    if (this.#output.queuedBytes > 0) this.#wake();
    if (this.#drains.length === 0 || this.pendingBytes > this.#limits.lowWaterBytes) return;
    const drains = this.#drains;
    this.#drains = [];
    for (const drain of drains) drain.resolve();
  }

  ended(error: Error | null): void {
    if (this.#state === "open") this.#break(error ?? new Error("the server closed the connection"));
    else this.#channel.destroy();
  }

  gone(): void {
    this.#cancelLinger?.();
    if (this.#state === "open") this.#break(new Error("the connection broke"));
    this.#state = "closed";
    this.#output.drop();
    this.#resolveClosed(this.#error);
  }

  #checkOpen(operation: string): void {
    if (this.#state === "open") return;
    throw new CsError("CS_ERR_LIBRARY", operation, {
      cause: this.#error ?? new Error("the connection was closed"),
    });
  }

  #wake(): void {
    if (this.#awake || this.#state !== "open") return;
    this.#awake = true;
    this.#loop.schedule(this.#turn);
  }

  #runTurn(): void {
    this.#awake = false;
    if (this.#state !== "open") return;
    this.#output.flush();
    this.#takeFrames();
  }

  #takeFrames(): void {
    try {
      while (this.#state === "open" && this.#takeFrame());
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** @returns whether there may be more */
  #takeFrame(): boolean {
    if (!this.#paused) {
      const held = this.#held.take();
      if (held !== null) {
        this.onEvent?.(held);
        return true;
      }
    }
    const wanted = !this.#paused || this.#answers.length > 0;
    if (wanted && this.#reader.peek()) {
      if (this.#take()) return true;
      this.#setChannelPaused(true);
      return false;
    }
    this.#setChannelPaused(!wanted);
    return false;
  }

  /** Takes the frame that the reader shows; false: it must wait until `resume`. */
  #take(): boolean {
    const { type, body } = this.#reader;
    if (type === FrameType.event) {
      checkMessage("event", body, RESPONSE_HEADER_BYTES);
      if (this.#paused && !this.#held.keep(body)) return false;
      this.#reader.advance();
      if (!this.#paused) this.onEvent?.(body);
    } else if (type === FrameType.response) {
      checkMessage("response", body, RESPONSE_HEADER_BYTES);
      if (!this.#answers.answer(body.copy())) throw new ProtocolError("response without a request");
      this.#reader.advance();
    } else if (type === FrameType.flowControl && body.length === 4) {
      this.#flowControl = body.u32(0);
      this.#reader.advance();
    } else throw new ProtocolError(`${frameTypeName(type)} frame of ${body.length} bytes from the server`);
    return true;
  }

  #setChannelPaused(paused: boolean): void {
    if (this.#channelPaused === paused) return;
    this.#channelPaused = paused;
    if (paused) this.#channel.pause();
    else this.#channel.resume();
  }

  /** The connection failed; `closed` resolves when the channel is gone. */
  #break(cause: Error): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#error =
      cause instanceof CsError ? cause : new CsError("CS_ERR_LIBRARY", "connection lost", { cause });
    this.#rejectAll(this.#error);
    this.#channel.destroy();
  }

  #rejectAll(error: Error): void {
    this.#answers.rejectAll(error);
    const drains = this.#drains;
    this.#drains = [];
    for (const drain of drains) drain.reject(error);
  }
}
