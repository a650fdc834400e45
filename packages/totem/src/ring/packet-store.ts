import { ByteSpan } from "@corosync/codec";

/** Slots of a sort queue in C (spec totem 3.2): how far a sequence may run ahead of what is freed. */
export const SORT_QUEUE_SLOTS = 16_384;
const FIRST_SLOTS = 256;

/**
 * The sort queue: packets of one ring by sequence number, in slots of fixed stride inside one slab,
 * with columns for what must be known of a slot. Grows by doubling up to `SORT_QUEUE_SLOTS`; a packet
 * longer than the stride (a peer may use a larger netmtu) gets memory of its own.
 */
export class PacketStore {
  /** The packet found by the last successful `locate`; lent until the next call of any method. */
  readonly packet = new ByteSpan(new Uint8Array(0));

  readonly strideBytes: number;
  private slots = FIRST_SLOTS;
  private slabBytes: Uint8Array;
  private slabView: DataView;
  private seqColumn = new Uint32Array(FIRST_SLOTS);
  /** Packet length, 0 for an empty slot. */
  private lengthColumn = new Uint32Array(FIRST_SLOTS);
  private missSeqColumn = new Uint32Array(FIRST_SLOTS);
  private missColumn = new Uint16Array(FIRST_SLOTS);
  private readonly oversize = new Map<number, ByteSpan>();
  /** Lowest sequence that can be held. */
  private head: number;

  /**
   * @param strideBytes longest packet that goes into the slab
   * @param origin the sequence before the first
   */
  constructor(
    strideBytes: number,
    private readonly origin = 0,
  ) {
    this.strideBytes = strideBytes;
    this.head = origin;
    this.slabBytes = new Uint8Array(FIRST_SLOTS * strideBytes);
    this.slabView = new DataView(this.slabBytes.buffer);
  }

  /** The slab, replaced when the store grows: fetch it after `ensure`. */
  get slab(): Uint8Array {
    return this.slabBytes;
  }

  get view(): DataView {
    return this.slabView;
  }

  /** Slots that have memory; at most `SORT_QUEUE_SLOTS`. */
  get slotCount(): number {
    return this.slots;
  }

  /** Packets with memory of their own. */
  get oversizeCount(): number {
    return this.oversize.size;
  }

  /** Forgets everything; the next sequence is the first again. Memory beyond the first slots is given back. */
  reset(): void {
    if (this.slots !== FIRST_SLOTS) this.allocate(FIRST_SLOTS);
    this.seqColumn.fill(0);
    this.lengthColumn.fill(0);
    this.missSeqColumn.fill(0);
    this.missColumn.fill(0);
    this.oversize.clear();
    this.head = this.origin;
  }

  has(seq: number): boolean {
    const slot = seq & (this.slots - 1);
    return this.seqColumn[slot] === seq && this.lengthColumn[slot] !== 0 && this.distance(seq) < this.slots;
  }

  /** Points `packet` at the packet of `seq`; false when it is not there. */
  locate(seq: number): boolean {
    if (!this.has(seq)) return false;
    const slot = seq & (this.slots - 1);
    const length = this.lengthColumn[slot]!;
    const large = length > this.strideBytes ? this.oversize.get(seq) : undefined;
    if (large) this.packet.pointAt(large.bytes, large.view, 0, length);
    else this.packet.pointAt(this.slabBytes, this.slabView, slot * this.strideBytes, length);
    return true;
  }

  /** Whether `seq` lies in the window of the sort queue, without making room for it. */
  inRange(seq: number): boolean {
    return this.distance(seq) < SORT_QUEUE_SLOTS;
  }

  /** Makes room for `seq`; false when it is out of the window. May move the slab. */
  ensure(seq: number): boolean {
    const distance = this.distance(seq);
    if (distance < this.slots) return true;
    if (distance >= SORT_QUEUE_SLOTS) return false;
    let slots = this.slots;
    while (slots <= distance) slots *= 2;
    this.grow(slots);
    return true;
  }

  /** Offset in the slab of the slot of `seq`, for writing at most `strideBytes`; call `ensure` before. */
  slotOffset(seq: number): number {
    return (seq & (this.slots - 1)) * this.strideBytes;
  }

  /** Declares the slot of `seq` filled with a packet of `length` bytes written at `slotOffset`. */
  occupy(seq: number, length: number): void {
    const slot = seq & (this.slots - 1);
    this.seqColumn[slot] = seq;
    this.lengthColumn[slot] = length;
    this.missColumn[slot] = 0;
  }

  /** Stores a copy of a packet. False when it is out of the window or already there. */
  add(seq: number, bytes: Uint8Array, offset: number, length: number): boolean {
    if (!this.ensure(seq) || this.has(seq)) return false;
    if (length > this.strideBytes) {
      this.oversize.set(seq, new ByteSpan(bytes.slice(offset, offset + length)));
    } else {
      this.slabBytes.set(bytes.subarray(offset, offset + length), this.slotOffset(seq));
    }
    this.occupy(seq, length);
    return true;
  }

  /** Frees everything up to and including `seq`, which must not lie before what is freed already. */
  release(seq: number): void {
    if (this.oversize.size > 0) {
      const count = (seq + 1 - this.head) >>> 0;
      for (const large of this.oversize.keys()) if (this.distance(large) < count) this.oversize.delete(large);
    }
    this.head = (seq + 1) >>> 0;
  }

  /** Forgets every packet behind `seq`. */
  forgetBehind(seq: number): void {
    const kept = this.distance(seq);
    // What lies before the window is far away, not behind: `seq` itself may just have been released.
    const isBehind = (other: number): boolean => {
      const distance = this.distance(other);
      return distance < SORT_QUEUE_SLOTS && (kept >= SORT_QUEUE_SLOTS || distance > kept);
    };
    for (let slot = 0; slot < this.slots; slot++)
      if (isBehind(this.seqColumn[slot]!)) this.lengthColumn[slot] = 0;
    for (const large of this.oversize.keys()) if (isBehind(large)) this.oversize.delete(large);
  }

  /** Counts one more token visit that missed `seq`, and returns the count. */
  missed(seq: number): number {
    const slot = seq & (this.slots - 1);
    if (this.missSeqColumn[slot] !== seq) {
      this.missSeqColumn[slot] = seq;
      this.missColumn[slot] = 0;
    }
    const count = this.missColumn[slot]!;
    if (count < 0xffff) this.missColumn[slot] = count + 1;
    return this.missColumn[slot]!;
  }

  /** How far `seq` lies beyond the lowest sequence that can be held; huge when it lies before it. */
  private distance(seq: number): number {
    return (seq - this.head) >>> 0;
  }

  private allocate(slots: number): void {
    this.slots = slots;
    this.slabBytes = new Uint8Array(slots * this.strideBytes);
    this.slabView = new DataView(this.slabBytes.buffer);
    this.seqColumn = new Uint32Array(slots);
    this.lengthColumn = new Uint32Array(slots);
    this.missSeqColumn = new Uint32Array(slots);
    this.missColumn = new Uint16Array(slots);
  }

  private grow(slots: number): void {
    const {
      slots: oldSlots,
      slabBytes,
      seqColumn,
      lengthColumn,
      missSeqColumn,
      missColumn,
      strideBytes,
    } = this;
    this.allocate(slots);
    for (let old = 0; old < oldSlots; old++) {
      const seq = seqColumn[old]!;
      const length = lengthColumn[old]!;
      if (length !== 0 && this.distance(seq) < oldSlots) {
        this.seqColumn[seq & (slots - 1)] = seq;
        this.lengthColumn[seq & (slots - 1)] = length;
        const at = old * strideBytes;
        if (length <= strideBytes)
          this.slabBytes.set(slabBytes.subarray(at, at + length), this.slotOffset(seq));
      }
      const missSeq = missSeqColumn[old]!;
      this.missSeqColumn[missSeq & (slots - 1)] = missSeq;
      this.missColumn[missSeq & (slots - 1)] = missColumn[old]!;
    }
  }
}
