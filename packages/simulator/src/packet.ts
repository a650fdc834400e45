import { ByteSpan } from "@corosync/codec";

/** What a packet of Corosync's default netmtu needs. */
const BUFFER_BYTES = 1536;
const FREE_MAX = 4096;

/** A packet on its way. It lives as long as somebody holds it; then its memory carries another. */
export class Packet {
  readonly span: ByteSpan;
  holders = 0;

  constructor(readonly buffer: Uint8Array) {
    this.span = new ByteSpan(buffer);
  }
}

/** Gives out packets, and takes them back when nobody holds them any more. */
export class PacketPool {
  readonly #free: Packet[] = [];

  /** A packet with a copy of these bytes, held by the caller. */
  copy(bytes: Uint8Array, offset: number, length: number): Packet {
    const packet = this.#take(length);
    packet.buffer.set(bytes.subarray(offset, offset + length));
    return packet;
  }

  /** The same for a short packet. */
  copyShort(source: ByteSpan, length: number): Packet {
    const packet = this.#take(length);
    source.copyTo(packet.span.view, length);
    return packet;
  }

  #take(length: number): Packet {
    const packet =
      length > BUFFER_BYTES
        ? new Packet(new Uint8Array(length))
        : (this.#free.pop() ?? new Packet(new Uint8Array(BUFFER_BYTES)));
    packet.holders = 1;
    packet.span.length = length;
    return packet;
  }

  release(packet: Packet): void {
    if (--packet.holders > 0) return;
    if (packet.buffer.length === BUFFER_BYTES && this.#free.length < FREE_MAX) this.#free.push(packet);
  }
}
