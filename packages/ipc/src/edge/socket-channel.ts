import type { Socket } from "node:net";
import type { ByteChannel, ByteSink } from "../byte-channel.ts";

/** A unix stream socket as a byte channel. The socket must allow half-open connections. */
export class SocketChannel implements ByteChannel {
  sink: ByteSink;
  readonly #socket: Socket;
  #ended = false;
  #error: Error | null = null;
  readonly #written = (error?: Error | null): void => {
    if (!error) this.sink.written();
  };

  constructor(socket: Socket, sink: ByteSink) {
    this.#socket = socket;
    this.sink = sink;
    socket.on("data", (bytes: Uint8Array) => this.sink.received(bytes));
    socket.on("end", () => this.#end());
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => {
      this.#end();
      this.sink.gone();
    });
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes, this.#written);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (!this.#socket.destroyed) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.sink.ended(this.#error);
  }
}
