import type { Life } from "./life.ts";
import type { RingInstance } from "./ring-instances.ts";
import { describeMessage, type OrderedMessage, readTrailer, TRAILER_BYTES } from "./ring-message.ts";
import { Violation } from "./violation.ts";
import { MCAST } from "./wire-reading.ts";

/** Offsets of a process-group packet behind the mcast's header (spec totem 14.1). */
const FRAGMENTED_AT = MCAST.payloadAt + 4;
const CONTINUATION_AT = MCAST.payloadAt + 5;
const COUNT_AT = MCAST.payloadAt + 6;
const LENGTHS_AT = MCAST.payloadAt + 8;

/** What one sender's packets of one queue have left open. */
class OpenMessage {
  fragment = 0;
  begunIn: RingInstance | null = null;
  lengthBytes = 0;
  /** The last bytes sent: the trailer when the message is complete. */
  tail = new Uint8Array(0);

  add(bytes: Uint8Array): void {
    this.lengthBytes += bytes.length;
    const joined = new Uint8Array(this.tail.length + Math.min(bytes.length, TRAILER_BYTES));
    joined.set(this.tail);
    joined.set(bytes.subarray(bytes.length - (joined.length - this.tail.length)), this.tail.length);
    this.tail = joined.slice(-TRAILER_BYTES);
  }

  close(): void {
    this.begunIn = null;
    this.lengthBytes = 0;
    this.tail = new Uint8Array(0);
  }
}

/** Of one life: its open messages, and the last number, of the normal queue and of the synchronization's. */
interface Sender {
  readonly open: readonly [OpenMessage, OpenMessage];
  readonly last: [number, number];
}

/**
 * The one order of all messages, read from the packets that leave: of each message, where it was begun
 * and where it ended. M1: it is one that was multicast, once. M9: those of a sender come in the order in
 * which it multicast them, each queue for itself (spec totem 10.5). M10: none comes before one that its
 * sender had delivered before.
 */
export class MessageOrder {
  /** How many there were. */
  messages = 0;
  readonly #senders = new Map<Life, Sender>();

  /** A fresh packet of the process-group layer. */
  packet(life: Life, ring: RingInstance, seq: number, view: DataView): void {
    const queue = life.synchronizing ? 1 : 0;
    const sender = this.#sender(life);
    const open = sender.open[queue]!;
    const fragmented = view.getUint8(FRAGMENTED_AT);
    const continuation = view.getUint8(CONTINUATION_AT);
    if (continuation !== open.fragment)
      throw new Violation(
        "M1",
        `node ${life.name}: packet ${seq} continues fragment ${continuation}, ${open.fragment} was the last`,
      );
    const count = view.getUint16(COUNT_AT, true);
    let at = LENGTHS_AT + 2 * count;
    for (let i = 0; i < count; i++) {
      const length = view.getUint16(LENGTHS_AT + 2 * i, true);
      open.begunIn ??= ring;
      open.add(new Uint8Array(view.buffer, view.byteOffset + at, length));
      at += length;
      if (i < count - 1 || fragmented === 0) {
        this.#complete(life, ring, seq, open, sender.last, queue);
        open.close();
      }
    }
    open.fragment = fragmented;
  }

  #sender(life: Life): Sender {
    let sender = this.#senders.get(life);
    if (sender === undefined) {
      sender = { open: [new OpenMessage(), new OpenMessage()], last: [-1, -1] };
      this.#senders.set(life, sender);
      for (const known of this.#senders.keys()) if (!known.alive) this.#senders.delete(known);
    }
    return sender;
  }

  #complete(
    life: Life,
    ring: RingInstance,
    seq: number,
    open: OpenMessage,
    last: [number, number],
    queue: 0 | 1,
  ): void {
    if (open.tail.length < TRAILER_BYTES)
      throw new Violation("M1", `node ${life.name} sends a message of ${open.lengthBytes} bytes`);
    const { nodeId, life: lifeNumber, number, hash } = readTrailer(new DataView(open.tail.buffer), 0);
    const sent = life.unsent.get(number);
    if (nodeId !== life.nodeId || lifeNumber !== life.number || sent === undefined || sent.hash !== hash)
      throw new Violation(
        "M1",
        `node ${life.name} sends message ${number} of ${nodeId}, which it was not to send`,
      );
    life.unsent.delete(number);
    const message: OrderedMessage = {
      ...sent,
      sender: life,
      ring,
      index: ring.end,
      seq,
      begunIn: open.begunIn!,
    };
    const own = sent.synchronizing ? 1 : 0;
    if (number <= last[own] || (queue === 1 && own === 0))
      throw new Violation("M9", `${describeMessage(message)} is sent behind message ${last[own]}`);
    last[own] = number;
    checkCause(message);
    ring.append(message);
    this.messages++;
  }
}

function checkCause(message: OrderedMessage): void {
  const { cause, ring, index } = message;
  if (cause === null || cause.ring.ambiguous) return;
  const earlier = cause.ring === ring ? cause.index < index : cause.ring.sequence < ring.sequence;
  if (!earlier)
    throw new Violation(
      "M10",
      `${describeMessage(message)} comes before its cause in ring ${cause.ring.name}`,
    );
}
