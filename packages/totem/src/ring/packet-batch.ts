/** Packets that leave together: slices of one buffer. Reused; valid until the call it is passed to returns. */
export class PacketBatch {
  bytes: Uint8Array = new Uint8Array(0);
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  count = 0;

  constructor(capacity: number) {
    this.offsets = new Uint32Array(capacity);
    this.lengths = new Uint32Array(capacity);
  }

  get full(): boolean {
    return this.count === this.offsets.length;
  }

  /** Appends a packet; there must be room. */
  add(offset: number, length: number): void {
    this.offsets[this.count] = offset;
    this.lengths[this.count] = length;
    this.count++;
  }
}
