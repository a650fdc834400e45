import type { ByteSpan } from "@corosync/codec";
import { hashView } from "./byte-hash.ts";
import type { Life } from "./life.ts";
import type { MessageOrder } from "./message-order.ts";
import type { RingInstance } from "./ring-instances.ts";
import { Violation } from "./violation.ts";
import { ENCAPSULATED_AT, ENCAPSULATED_RECOVERY, MCAST, NODE_ID_AT, ringNameAt } from "./wire-reading.ts";

/** Mcasts as they leave their nodes: W1, a sequence of a ring names one packet, and none is left out. */
export class PacketChecker {
  constructor(readonly order: MessageOrder) {}

  /** A mcast leaves, for the first time or again; it begins where its memory begins. */
  sent(life: Life, packet: ByteSpan): void {
    const { view, length } = packet;
    const ring = life.committing;
    const name = ringNameAt(view, MCAST.ringAt);
    if (ring?.ringName !== name)
      throw new Violation("W1", `node ${life.name} in ring ${ring?.name} sends a packet of ring ${name}`);
    if (ring.ambiguous) return;
    const seq = view.getUint32(MCAST.seqAt, true);
    const hash = hashView(view, 0, length);
    const known = ring.packets.get(seq);
    if (known !== undefined) {
      if (known !== hash) throw new Violation("W1", `packet ${seq} of ring ${ring.name} has two contents`);
      return;
    }
    if (ring.lastSeq !== null && seq !== (ring.lastSeq + 1) >>> 0)
      throw new Violation("W1", `packet ${seq} of ring ${ring.name} follows ${ring.lastSeq}`);
    const originator = view.getUint32(NODE_ID_AT, true);
    if (originator !== life.nodeId || view.getUint32(MCAST.systemFromAt, true) !== life.nodeId)
      throw new Violation("W1", `node ${life.name} sends packet ${seq} as node ${originator}`);
    ring.packet(seq, hash);
    if (view.getUint8(ENCAPSULATED_AT) === ENCAPSULATED_RECOVERY) checkRecovered(life, ring, packet);
    else this.order.packet(life, ring, seq, view);
  }
}

/** What is sent again in recovery is a packet of the sender's old ring, byte for byte. */
function checkRecovered(life: Life, ring: RingInstance, { view, length }: ByteSpan): void {
  const name = ringNameAt(view, MCAST.payloadAt + MCAST.ringAt);
  const old = life.ring;
  if (old?.ringName !== name)
    throw new Violation("W1", `node ${life.name} of ring ${old?.name} recovers a packet of ring ${name}`);
  const seq = view.getUint32(MCAST.payloadAt + MCAST.seqAt, true);
  const known = old.packets.get(seq);
  if (old.ambiguous || known === undefined) return;
  if (known !== hashView(view, MCAST.payloadAt, length - MCAST.payloadAt))
    throw new Violation("W1", `packet ${seq} of ring ${name} has another content in ring ${ring.name}`);
}
