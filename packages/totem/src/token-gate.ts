import { ByteSpan } from "@corosync/codec";
import type { PacketReceiver } from "./transport/transport.ts";
import { PacketType, TYPE_AT } from "./wire/header.ts";

/** Tokens that wait for their turn; more are copies of each other. */
const WAITING_MAX = 8;

/**
 * Lets at most one ORF token a turn of the event loop through, and the packets behind it before the
 * next: a saturated ring would otherwise visit a node up to 32 times in one turn, and timers and
 * clients would starve (measured: spec performance section 4).
 */
export class TokenGate {
  private passed = false;
  private waiting: { packet: ByteSpan; from: string }[] = [];

  constructor(private readonly deliver: PacketReceiver) {}

  receive(packet: ByteSpan, from: string): void {
    const isToken =
      packet.length > TYPE_AT && packet.view.getInt8(packet.offset + TYPE_AT) === PacketType.orfToken;
    if (!isToken) {
      this.deliver(packet, from);
    } else if (!this.passed) {
      this.passed = true;
      setImmediate(() => this.nextTurn());
      this.deliver(packet, from);
    } else if (this.waiting.length < WAITING_MAX) {
      this.waiting.push({ packet: new ByteSpan(packet.copy()), from });
    }
  }

  private nextTurn(): void {
    this.passed = false;
    const next = this.waiting.shift();
    if (next) this.receive(next.packet, next.from);
  }
}
