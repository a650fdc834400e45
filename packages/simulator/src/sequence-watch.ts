import type { ByteSpan } from "@corosync/codec";
import type { Counts } from "./counts.ts";

/** Offsets of spec totem 2.2 to 2.4. */
const TYPE_AT = 3;
const MCAST_SEQ_AT = 17;
const TOKEN_TOKEN_SEQ_AT = 17;
const HIGH = 0xffff0000;

/** Counts the sequence numbers of one node's packets that pass 2^32. */
export class SequenceWatch {
  #lastSeq = 0;
  #lastTokenSeq = 0;

  constructor(readonly counts: Counts) {}

  sent({ view, length }: ByteSpan): void {
    if (length < MCAST_SEQ_AT + 4) return;
    const type = view.getUint8(TYPE_AT);
    if (type === 1) {
      const seq = view.getUint32(MCAST_SEQ_AT, true);
      if (this.#lastSeq > HIGH && seq < 0x10000) this.counts.sequenceWraps++;
      this.#lastSeq = seq;
    } else if (type === 0) {
      const seq = view.getUint32(TOKEN_TOKEN_SEQ_AT, true);
      if (this.#lastTokenSeq > HIGH && seq < 0x10000) this.counts.tokenSequenceWraps++;
      this.#lastTokenSeq = seq;
    }
  }
}
