import type { PacketSource } from "../../src/ring/environment.ts";
import { Mcast } from "../../src/wire/mcast.ts";
import { readRingId } from "../../src/wire/ring-id-field.ts";
import { type Capture, type CapturedPacket, packetBytes } from "./captures.ts";

const fields = (packet: CapturedPacket) =>
  packet.decoded as unknown as {
    readonly msg: string;
    readonly seq: number;
    readonly token_seq: number;
    readonly backlog: number;
    readonly system_from: number;
    readonly ring_id?: { readonly rep: number; readonly seq: number };
  };

export function ringName(packet: CapturedPacket): string {
  const id = fields(packet).ring_id;
  return id ? `${id.rep}.${id.seq}` : "";
}

/** Every mcast of a capture by ring and sequence, those that others carry included. */
export function messagesOf(capture: Capture): Map<string, Uint8Array> {
  const messages = new Map<string, Uint8Array>();
  for (const packet of capture.packets) {
    if (packet.decoded.msg !== "mcast") continue;
    const bytes = packetBytes(packet);
    if (packet.decoded.header.encapsulated === 2)
      messages.set(`${ringName(packet)}/${fields(packet).seq}`, bytes);
    else addMcast(messages, bytes.slice(Mcast.payloadAt));
  }
  return messages;
}

function addMcast(messages: Map<string, Uint8Array>, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  const { representative, sequence } = readRingId(view, Mcast.ringIdAt, "mcast");
  messages.set(`${representative}.${sequence}/${view.getUint32(Mcast.seqAt, true)}`, bytes);
}

/** What is sent in place of a payload that the capture does not hold. */
const UNKNOWN_PAYLOAD = new Uint8Array([0]);

/**
 * What the application of a captured node had to send: at each token visit as many packets as the
 * node added to the token's backlog, with the payloads that followed. How many of them the visit may
 * send is up to the ring (spec totem 10.1).
 */
export class CapturedSends implements PacketSource {
  /** Payloads by ring and sequence. */
  private readonly payloads = new Map<string, Uint8Array>();
  /** The token this node sent, by ring and token_seq. */
  private readonly tokens = new Map<string, { backlog: number }>();
  private readonly lastSent = new Map<string, number>();
  /** Rings of which no token was captured: those of one node. */
  private readonly tokenless = new Map<string, number>();
  private previousBacklog = 0;
  private ringNow = "";
  private seqNow = 0;
  private available = 0;
  private taken = 0;
  /** The token of the visit: ring, seq, token_seq and backlog as received. */
  private arrived = { ring: "", seq: 0, tokenSeq: 0, backlog: 0 };

  constructor(capture: Capture, node: number) {
    const address = capture.nodes[String(node)]!;
    const sent = capture.packets.filter((packet) => packet.src === address);
    for (const packet of sent) {
      const { msg, seq, token_seq, backlog, system_from } = fields(packet);
      const ring = ringName(packet);
      if (msg === "mcast" && system_from === node && packet.decoded.header.encapsulated === 2) {
        this.payloads.set(`${ring}/${seq}`, packetBytes(packet).slice(Mcast.payloadAt));
        if (!this.tokenless.has(ring)) this.tokenless.set(ring, 0);
      } else if (msg === "orf_token") {
        this.tokens.set(`${ring}/${token_seq}`, { backlog });
        this.lastSent.set(ring, token_seq);
      }
    }
    for (const name of this.tokens.keys()) this.tokenless.delete(name.split("/")[0]!);
  }

  /** The token that is about to be handed to the ring. */
  tokenArrives(ring: string, seq: number, tokenSeq: number, backlog: number): void {
    this.arrived = { ring, seq, tokenSeq, backlog };
    if (ring === this.ringNow) return;
    this.ringNow = ring;
    this.previousBacklog = 0;
  }

  backlogPackets(): number {
    const { ring, seq, tokenSeq, backlog } = this.arrived;
    this.seqNow = seq;
    this.taken = 0;
    const sentToken = this.tokens.get(`${ring}/${tokenSeq + 1}`);
    if (this.tokenless.has(ring)) this.available = this.payloads.has(`${ring}/${seq + 1}`) ? 1 : 0;
    else if (!sentToken) this.available = this.isBehindLast(ring, tokenSeq) ? this.payloadsFrom(seq + 1) : 0;
    else this.available = Math.max(0, sentToken.backlog - backlog + this.previousBacklog);
    this.previousBacklog = this.available;
    return this.available;
  }

  private isBehindLast(ring: string, tokenSeq: number): boolean {
    return tokenSeq >= (this.lastSent.get(ring) ?? Number.POSITIVE_INFINITY);
  }

  /** What a capture that ends in mid-visit shows of it. */
  private payloadsFrom(first: number): number {
    let seq = first;
    while (this.payloads.has(`${this.arrived.ring}/${seq}`)) seq++;
    return seq - first;
  }

  beginVisit(): void {}

  nextPacket(target: Uint8Array, _view: DataView, offset: number): number {
    if (this.taken >= this.available) return 0;
    this.taken++;
    const payload = this.payloads.get(`${this.ringNow}/${this.seqNow + this.taken}`) ?? UNKNOWN_PAYLOAD;
    target.set(payload, offset);
    return payload.length;
  }
}
