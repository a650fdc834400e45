import { C_TOTEM_BEHAVIOUR, type TotemBehaviour } from "../../src/index.ts";
import { PacketType, TYPE_AT } from "../../src/wire/header.ts";
import { mcast, orfToken, readToken } from "../protocol/scripted-packets.ts";
import { ScriptedRing, type Sent } from "../protocol/scripted-ring.ts";
import { CapturedSends, messagesOf, ringName } from "./captured-sends.ts";
import { type Capture, type CapturedPacket, packetBytes, readCapture } from "./captures.ts";
import { comparable, shownBy } from "./comparison.ts";
import { lossesOf } from "./losses.ts";
import type { ReplayOptions } from "./replay-options.ts";

/** A packet to this node itself takes this long. */
const SELF_MS = 0.08;
/** Timers of C fire a little late, those of ours on time or, after many packets to itself, later. */
const LATE_MS = 10;
/** Before the last visit the ring has been idle for so long: more than a merge timeout, less than a hold. */
const IDLE_MS = 600;
/** Rotations after which every member of an idle ring knows that the token is held. */
const IDLE_VISITS = 40;

/** Plays the part of a C node in a capture with our ring. */
export class CapturedNode {
  private readonly capture: Capture;
  private readonly packets: readonly CapturedPacket[];
  private readonly address: string;
  private readonly sends: CapturedSends;
  private readonly ring: ScriptedRing;
  private readonly toSelf: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  private readonly ours: Sent[] = [];
  private readonly fromMs: number;
  private lastTokenSeq = -1;
  private highest = 0;
  private seqSent = 0;
  /** Every mcast of the capture, encapsulated ones included, by ring and sequence. */
  private readonly known: Map<string, Uint8Array>;

  constructor(
    name: string,
    private readonly options: ReplayOptions,
    behaviour: TotemBehaviour = C_TOTEM_BEHAVIOUR,
  ) {
    const { node } = options;
    this.capture = readCapture(name);
    this.address = this.capture.nodes[String(node)]!;
    this.known = messagesOf(this.capture);
    const from = options.fromMs ?? Number.NEGATIVE_INFINITY;
    const to = options.toMs ?? Number.POSITIVE_INFINITY;
    this.packets = inOrder(this.capture.packets).filter(({ t_ms }) => t_ms >= from && t_ms <= to);
    this.sends = new CapturedSends({ ...this.capture, packets: this.packets }, node);
    this.fromMs = options.ring ? this.packets[0]!.t_ms : this.packets.find((p) => this.isMine(p))!.t_ms;
    this.ring = new ScriptedRing({
      nodeId: node,
      nodeCount: Object.keys(this.capture.nodes).length,
      settings: options.settings ?? {},
      behaviour,
      source: this.sends,
    });
  }

  private isMine(packet: CapturedPacket): boolean {
    return packet.src === this.address;
  }

  /** What the C node sent, and what our ring sent in its place, as comparable texts. */
  replay(): { theirs: string[]; ours: string[] } {
    this.prepare();
    const lost = lossesOf({ ...this.capture, packets: this.packets }, this.options.node);
    this.packets.forEach((packet, index) => {
      if (packet.t_ms < this.fromMs) return;
      if (this.isMine(packet)) {
        this.cause(packet, index);
      } else if (this.hears(packet) && !lost.has(packet)) {
        this.settle(packet.t_ms);
        this.receive(packetBytes(packet));
      }
    });
    this.settle(this.packets.at(-1)!.t_ms + LATE_MS);
    const theirs = this.packets.filter((packet) => this.isMine(packet) && packet.t_ms >= this.fromMs);
    const { leftOut, node } = this.options;
    const captured = theirs.map(packetBytes);
    const shown = this.ours.map(({ bytes }) => bytes).filter(shownBy(captured, leftOut));
    return { theirs: comparable(captured, node), ours: comparable(shown, node) };
  }

  private hears({ src, dst, t_ms }: CapturedPacket): boolean {
    const { cut = [], deafFromMs = Number.POSITIVE_INFINITY } = this.options;
    if (t_ms >= deafFromMs || cut.some((id) => this.capture.nodes[String(id)] === src)) return false;
    return dst.includes(this.address) || !dst.some((to) => Object.values(this.capture.nodes).includes(to));
  }

  /** Brings the ring to where the part begins. */
  private prepare(): void {
    const { ring, options, packets } = this;
    if (!options.ring) {
      const first = packets.find((packet) => this.isMine(packet))!;
      ring.nowMs = first.t_ms;
      ring.start((first.decoded["ring_seq"] as number) - 1);
      this.collect();
      return;
    }
    const { sequence, members, messages } = options.ring;
    const { node } = options;
    const lastVisitMs = options.lastVisitMs ?? this.fromMs - 1;
    ring.nowMs = lastVisitMs - IDLE_MS;
    ring.start(sequence - 5);
    if (members.length > 1) ring.agree(members).commit().recover();
    else ring.agree(members).loopBack().recover();
    ring.install();
    this.hearMessages(1, messages);
    for (let i = 0; i < IDLE_VISITS - 1; i++) ring.token({ seq: messages });
    this.settle(lastVisitMs);
    this.lastTokenSeq = this.tokenBefore(members.length) ?? 0;
    const visits = options.recent ?? [messages];
    visits.forEach((seq, i) => {
      this.hearMessages(this.highest + 1, seq);
      const tokenSeq = this.lastTokenSeq - (visits.length - 1 - i) * members.length;
      ring.receive(orfToken({ ringId: ring.ring.ringId, seq, tokenSeq, aru: messages, aruAddr: node }));
    });
    if (options.gatherSinceMs !== undefined) {
      ring.nowMs = options.gatherSinceMs;
      ring.ring.forceGather(ring.nowMs);
      ring.loopBack();
      const joinOf = ring.ofType(PacketType.join).at(-1)!.bytes;
      for (const id of options.heard ?? []) ring.receive(withSender(joinOf, id));
    }
    ring.sent.length = 0;
    ring.looped.length = 0;
    this.settle(this.fromMs - 0.001);
    this.ours.length = 0;
  }

  /** Messages from before the part: the captured bytes where a later packet repeats them. */
  private hearMessages(from: number, to: number): void {
    const { ringId } = this.ring.ring;
    for (let seq = from; seq <= to; seq++) {
      if (this.options.missing?.includes(seq)) continue;
      const name = `${ringId.representative}.${ringId.sequence}/${seq}`;
      this.ring.receive(this.known.get(name) ?? mcast(99, ringId, seq, ""));
    }
    this.highest = Math.max(this.highest, to);
  }

  /** token_seq of the visit before the first one of the part, from what is captured of it. */
  private tokenBefore(memberCount: number): number | undefined {
    const { ringId } = this.ring.ring;
    const name = `${ringId.representative}.${ringId.sequence}`;
    const isToken = (packet: CapturedPacket): boolean =>
      packet.decoded.msg === "orf_token" && ringName(packet) === name;
    const token = this.packets.find(
      (packet) => isToken(packet) && (this.isMine(packet) || this.hears(packet)),
    );
    if (!token) return undefined;
    const tokenSeq = token.decoded["token_seq"] as number;
    // A token that is sent first was received before; one that is received first is yet to be visited.
    if (!this.isMine(token)) return tokenSeq - memberCount;
    return this.options.leftOut === "idle tokens" ? tokenSeq - 1 - memberCount : tokenSeq - 1;
  }

  /** What made the C node send this packet, if it was not a packet: its application or its operator. */
  private cause({ t_ms, decoded }: CapturedPacket, index: number): void {
    const { ring } = this.ring;
    if (decoded.msg === "token_hold_cancel") {
      this.settle(t_ms);
      this.fillIdleRotations(this.nextVisit(index) - 1);
      ring.wakeHeldToken(this.ring.nowMs);
    } else if (decoded.msg === "memb_join" && decoded.header.nodeid === 0) {
      this.settle(t_ms);
      ring.leave(this.ring.nowMs);
    } else if (decoded.msg === "orf_token") {
      this.fillIdleRotations((decoded["token_seq"] as number) - 1);
    }
    this.collect();
  }

  /** token_seq of the first visit behind a packet. */
  private nextVisit(index: number): number {
    for (const packet of this.packets.slice(index + 1)) {
      if (packet.decoded.msg !== "orf_token") continue;
      const tokenSeq = packet.decoded["token_seq"] as number;
      if (this.isMine(packet)) return tokenSeq - 1;
      if (this.hears(packet)) return tokenSeq;
    }
    return 0;
  }

  private receive(bytes: Uint8Array): void {
    if (bytes[TYPE_AT] === PacketType.orfToken) this.receiveToken(bytes);
    else this.ring.receive(bytes);
    this.collect();
  }

  private receiveToken(bytes: Uint8Array): void {
    const { ringId } = this.ring.ring;
    const token = readToken(bytes);
    this.fillIdleRotations(token.tokenSeq - 1);
    if (this.options.leftOut === "mcasts") {
      for (; this.highest < token.seq; this.highest++) {
        if (!this.asksLater(this.highest + 1)) {
          this.ring.receive(mcast(99, ringId, this.highest + 1, ""));
        }
      }
    }
    this.lastTokenSeq = Math.max(this.lastTokenSeq, token.tokenSeq);
    this.sends.tokenArrives(
      `${ringId.representative}.${ringId.sequence}`,
      token.seq,
      token.tokenSeq,
      token.backlog,
    );
    this.ring.receive(bytes);
  }

  private asksLater(seq: number): boolean {
    return this.packets.some(
      (packet) =>
        this.isMine(packet) &&
        packet.decoded.msg === "orf_token" &&
        (packet.decoded["rtr_list"] as readonly { seq: number }[]).some((entry) => entry.seq === seq),
    );
  }

  /** Visits up to `lastTokenSeq` whose tokens the capture leaves out because nothing was new in them. */
  private fillIdleRotations(lastTokenSeq: number): void {
    const { options, ring } = this;
    if (options.leftOut !== "idle tokens") return;
    const { ringId } = ring.ring;
    const step = options.ring!.members.length;
    while (this.lastTokenSeq + step <= lastTokenSeq) {
      this.lastTokenSeq += step;
      const [seq, tokenSeq] = [this.seqSent, this.lastTokenSeq];
      this.sends.tokenArrives(`${ringId.representative}.${ringId.sequence}`, seq, tokenSeq, 0);
      ring.receive(orfToken({ ringId, seq, tokenSeq }));
      this.collect();
    }
  }

  /** Handles own packets and timers in the order in which they are due. */
  private settle(untilMs: number): void {
    for (;;) {
      const self = this.toSelf[0];
      const selfMs = self ? self.atMs : Number.POSITIVE_INFINITY;
      const dueMs = Math.min(selfMs, this.ring.nextWakeMs);
      if (dueMs > untilMs) break;
      if (selfMs <= this.ring.nextWakeMs) {
        this.toSelf.shift();
        this.ring.nowMs = Math.max(this.ring.nowMs, selfMs);
        this.receive(self!.bytes);
      } else {
        this.ring.wakeNext();
        this.collect();
      }
    }
    this.ring.nowMs = Math.max(this.ring.nowMs, untilMs);
  }

  /** Takes over what the ring has just sent. */
  private collect(): void {
    const { ring, toSelf, options } = this;
    const atMs = ring.nowMs + SELF_MS;
    for (const bytes of ring.looped.splice(0)) toSelf.push({ atMs, bytes });
    for (const sent of ring.sent.splice(0)) {
      if (sent.bytes[TYPE_AT] === PacketType.orfToken) this.seqSent = readToken(sent.bytes).seq;
      if (sent.to === options.node) toSelf.push({ atMs, bytes: sent.bytes });
      if (sent.to !== options.node || this.capturesSelf) this.ours.push(sent);
    }
  }

  private get capturesSelf(): boolean {
    return this.packets.some((packet) => this.isMine(packet) && packet.dst.includes(this.address));
  }
}

/** By time, each packet once: captures from several windows overlap. */
function inOrder(packets: readonly CapturedPacket[]): CapturedPacket[] {
  const seen = new Set<string>();
  return packets
    .filter(({ t_ms, src, dst, hex }) => {
      const key = `${t_ms} ${src} ${dst.join()} ${hex}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => a.t_ms - b.t_ms);
}

function withSender(join: Uint8Array, nodeId: number): Uint8Array {
  const bytes = join.slice();
  new DataView(bytes.buffer).setUint32(5, nodeId, true);
  new DataView(bytes.buffer).setUint32(13, nodeId, true);
  return bytes;
}
