import { ByteSpan } from "@corosync/codec";
import type { PacketReceiver } from "./transport/transport.ts";
import { PacketType, TYPE_AT } from "./wire/header.ts";

/** Tokens that wait for their turn; more are copies of each other. */
const WAITING_MAX = 8;
/** Between two looks whether the system has taken what was sent, in milliseconds. */
const CONGESTION_LOOK_MS = 1;

/**
 * Lets at most one ORF token a turn of the event loop through, and the packets behind it before the
 * next: a saturated ring would otherwise visit a node up to 32 times in one turn, and timers and
 * clients would starve (measured: spec performance section 4). None passes while packets of the last
 * visit still wait to be taken by the system: that is the back-pressure of the network, and what is
 * sent after a token must leave before the next (spec totem 20, 23).
 */
export class TokenGate {
  private closed = false;
  private waiting: { packet: ByteSpan; from: string }[] = [];

  constructor(
    private readonly deliver: PacketReceiver,
    private readonly congested: () => boolean,
  ) {}

  receive(packet: ByteSpan, from: string): void {
    const isToken =
      packet.length > TYPE_AT && packet.view.getInt8(packet.offset + TYPE_AT) === PacketType.orfToken;
    if (!isToken) {
      this.deliver(packet, from);
    } else if (this.closed) {
      this.keep(packet, from);
    } else if (this.congested()) {
      this.keep(packet, from);
      this.lookLater();
    } else {
      this.closed = true;
      setImmediate(() => this.nextTurn());
      this.deliver(packet, from);
    }
  }

  private keep(packet: ByteSpan, from: string): void {
    if (this.waiting.length < WAITING_MAX) this.waiting.push({ packet: new ByteSpan(packet.copy()), from });
  }

  private lookLater(): void {
    this.closed = true;
    setTimeout(() => this.nextTurn(), CONGESTION_LOOK_MS);
  }

  private nextTurn(): void {
    if (this.waiting.length > 0 && this.congested()) {
      this.lookLater();
      return;
    }
    this.closed = false;
    const next = this.waiting.shift();
    if (next) this.receive(next.packet, next.from);
  }
}
