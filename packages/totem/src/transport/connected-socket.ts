import type { Socket } from "node:dgram";
import { SOCKET_BUFFER_BYTES } from "./dgram-socket.ts";

/** Told how a send ended: an error of the system, or null. */
export type SendOutcome = (error: NodeJS.ErrnoException | null) => void;

/**
 * A bound socket with one destination. Only a connected socket hands a datagram to the kernel within
 * the call, and tokens must not overtake the mcasts before them (spec totem 23). While there is no way
 * to the destination the socket stays, and connects when there is.
 */
export class ConnectedSocket {
  /** Drops what is sent. */
  blocked = false;
  private closed = false;
  private state: "idle" | "connecting" | "connected" = "idle";

  private constructor(
    readonly socket: Socket,
    private readonly address: string,
    private readonly port: number,
  ) {
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
    // A dead peer answers with ICMP, which a connected socket reports: the ring's timers judge that.
    socket.on("error", () => {});
  }

  /** @param socket a bound one; connected when this resolves, unless there is no way now */
  static async open(socket: Socket, address: string, port: number): Promise<ConnectedSocket> {
    const connected = new ConnectedSocket(socket, address, port);
    await new Promise<unknown>((resolve) => connected.connect(resolve));
    return connected;
  }

  /** Sends a slice; what can not be sent is lost. */
  send(bytes: Uint8Array, offset: number, length: number): void {
    if (this.blocked || this.state !== "connected") return;
    this.socket.send(bytes, offset, length);
  }

  /** Sends and tells how it went. */
  sendReporting(bytes: Uint8Array, outcome: SendOutcome): void {
    if (this.blocked) outcome(null);
    else if (this.state === "connected") this.socket.send(bytes, outcome);
    else
      this.connect((error) => {
        if (error !== null || this.state !== "connected") outcome(error);
        else this.socket.send(bytes, outcome);
      });
  }

  /** Whether the system has not taken all yet that was sent. */
  get congested(): boolean {
    return !this.closed && this.socket.getSendQueueCount() > 0;
  }

  /** What is sent from now on is lost. */
  close(): Promise<void> {
    this.closed = true;
    this.blocked = true;
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  /** Looks for a way to the destination unless it has one; there may be none now. */
  connect(outcome: SendOutcome = () => {}): void {
    if (this.state !== "idle") {
      outcome(null);
      return;
    }
    this.state = "connecting";
    // Node calls back with the error, although its types know of success only.
    this.socket.connect(this.port, this.address, (...[error]: (NodeJS.ErrnoException | undefined)[]) => {
      this.state = error ? "idle" : "connected";
      outcome(error ?? null);
    });
  }
}
