import type { PacketEnvelope } from "@corosync/crypto";
import { PacketBatch } from "../ring/packet-batch.ts";

/** Makes of a ring's packets what travels. */
export interface PacketSeal {
  /** The batch as it travels; valid until three more have been sealed. */
  sealBatch(plain: PacketBatch): PacketBatch;
  /** One packet as it travels, in memory of its own. */
  seal(packet: Uint8Array, length: number): Uint8Array;
}

/** Without encryption packets travel as they are. */
const BARE: PacketSeal = {
  sealBatch: (plain) => plain,
  seal: (packet, length) => packet.slice(0, length),
};

/** @param capacity and packetBytes as `SealedSender` takes them */
export function packetSeal(
  envelope: PacketEnvelope | null,
  capacity: number,
  packetBytes: number,
): PacketSeal {
  return envelope === null ? BARE : new SealedSender(envelope, capacity, packetBytes);
}

/**
 * Seals packets before they are sent: once each, whatever the number of receivers. The sealed bytes
 * rotate through a few buffers, because a socket may still read one after the call that sent it.
 */
class SealedSender implements PacketSeal {
  private readonly buffers: PacketBatch[];
  private next = 0;
  private readonly slotBytes: number;

  /**
   * @param capacity packets of the largest batch
   * @param packetBytes longest plaintext that goes through the slots; longer ones get memory of their own
   */
  constructor(
    private readonly envelope: PacketEnvelope,
    capacity: number,
    packetBytes: number,
  ) {
    this.slotBytes = envelope.sealedLength(packetBytes);
    this.buffers = Array.from({ length: 4 }, () => this.newBuffer(capacity));
  }

  private newBuffer(capacity: number): PacketBatch {
    const batch = new PacketBatch(capacity);
    batch.bytes = new Uint8Array(capacity * this.slotBytes);
    return batch;
  }

  sealBatch(plain: PacketBatch): PacketBatch {
    let sealed = this.buffers[this.next]!;
    if (plain.count > sealed.offsets.length) {
      // The ring's max_messages was raised while it runs.
      sealed = this.newBuffer(plain.count);
      this.buffers[this.next] = sealed;
    }
    this.next = (this.next + 1) % this.buffers.length;
    const slots = plain.count === 1 ? this.roomFor(plain.lengths[0]!, sealed) : sealed;
    slots.count = 0;
    for (let i = 0; i < plain.count; i++) {
      const at = i * this.slotBytes;
      slots.add(at, this.envelope.seal(plain.bytes, plain.offsets[i]!, plain.lengths[i]!, slots.bytes, at));
    }
    return slots;
  }

  /** A packet of a peer with a larger netmtu travels alone (retransmission, recovery). */
  private roomFor(plainLength: number, sealed: PacketBatch): PacketBatch {
    const length = this.envelope.sealedLength(plainLength);
    if (length <= this.slotBytes) return sealed;
    const batch = new PacketBatch(1);
    batch.bytes = new Uint8Array(length);
    return batch;
  }

  seal(packet: Uint8Array, length: number): Uint8Array {
    const sealed = new Uint8Array(this.envelope.sealedLength(length));
    return sealed.subarray(0, this.envelope.seal(packet, 0, length, sealed, 0));
  }
}
