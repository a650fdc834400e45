import { ByteSpan } from "@corosync/codec";

/**
 * What a node sends to itself, delivered in a later turn of the event loop and never within the call
 * that sent it (spec totem 6.2).
 */
export class SelfDelivery {
  private waiting: Uint8Array[] = [];
  private scheduled = false;

  constructor(private readonly deliver: (packet: ByteSpan) => void) {}

  /** @param packet must not change any more */
  post(packet: Uint8Array): void {
    this.waiting.push(packet);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    const packets = this.waiting;
    this.waiting = [];
    for (const packet of packets) this.deliver(new ByteSpan(packet));
  }
}
