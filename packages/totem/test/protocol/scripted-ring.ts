import { ByteSpan } from "@corosync/codec";
import {
  type ConfigurationChange,
  type RingId,
  type TotemBehaviour,
  type TotemSettings,
  totemConfig,
} from "../../src/index.ts";
import type { PacketSource } from "../../src/ring/environment.ts";
import { Ring } from "../../src/ring/ring.ts";
import type { CommitEntry } from "../../src/wire/commit-token.ts";
import { PacketType, TYPE_AT } from "../../src/wire/header.ts";
import { commitToken, join, orfToken, readToken, type TokenFields } from "./scripted-packets.ts";

export interface Sent {
  /** Node id of a token's receiver. */
  readonly to: number | "all";
  readonly bytes: Uint8Array;
}

export interface ScriptedRingOptions {
  readonly nodeId?: number;
  /** For the defaults that depend on it. */
  readonly nodeCount?: number;
  readonly settings?: TotemSettings;
  readonly behaviour?: TotemBehaviour;
  /** Members the transport knows; all if undefined. */
  readonly configured?: readonly number[];
  /** Where packets come from, if not from `waiting`. */
  readonly source?: PacketSource;
}

/** One ring whose peers, clock and packets a test plays by hand. */
export class ScriptedRing implements PacketSource {
  readonly ring: Ring;
  readonly nodeId: number;
  nowMs = 1000;
  /** What left, in order; a test empties it at will. */
  readonly sent: Sent[] = [];
  /** Control packets that come back to this node when the test says so. */
  readonly looped: Uint8Array[] = [];
  /** What the ring did, in order: "persist 5", "commit_token", "mcast", "deliver x", "transitional 1,2". */
  readonly trace: string[] = [];
  readonly changes: ConfigurationChange[] = [];
  readonly logs: string[] = [];
  readonly malformed: string[] = [];
  discarded = 0;
  /** Payloads to be multicast, one a packet. */
  readonly waiting: string[] = [];
  private wakeAtMs = Number.POSITIVE_INFINITY;
  private lastTokenSeq = -1;
  private lastSeq = 0;
  private members: readonly number[] = [];

  constructor(options: ScriptedRingOptions = {}) {
    const { nodeId = 1, nodeCount = 3, settings = {}, behaviour, configured, source } = options;
    this.nodeId = nodeId;
    this.ring = new Ring(
      nodeId,
      totemConfig(nodeCount, settings),
      {
        multicast: ({ bytes, offsets, lengths, count }) => {
          for (let i = 0; i < count; i++)
            this.record("all", bytes.slice(offsets[i], offsets[i]! + lengths[i]!));
        },
        multicastControl: (packet) => {
          this.record("all", packet.slice());
          this.looped.push(packet.slice());
        },
        sendToken: (to, token, length) => {
          if (configured && !configured.includes(to)) return false;
          this.record(to, token.slice(0, length));
          return true;
        },
        now: () => this.nowMs,
        wakeAt: (deadlineMs) => {
          this.wakeAtMs = Math.min(this.wakeAtMs, deadlineMs);
        },
        persistRingSequence: (sequence) => this.trace.push(`persist ${sequence}`),
        deliver: (from, payload) => {
          this.trace.push(`deliver ${Buffer.from(payload.copy()).toString("latin1")} from ${from}`);
          return null;
        },
        configurationChanged: (change) => {
          this.changes.push(change);
          this.trace.push(`${change.kind} ${change.members.join()}`);
        },
        discardPending: () => {
          this.discarded++;
        },
        random: (limit) => limit - 1,
        log: (level, text) => this.logs.push(`${level} ${text}`),
        malformed: (_, reason) => this.malformed.push(reason),
      },
      source ?? this,
      0,
      behaviour,
    );
  }

  private record(to: number | "all", bytes: Uint8Array): void {
    this.sent.push({ to, bytes });
    if (bytes[TYPE_AT] === PacketType.orfToken) this.lastSeq = readToken(bytes).seq;
    const names = ["orf_token", "mcast", "merge_detect", "join", "commit_token", "hold_cancel"];
    this.trace.push(names[bytes[TYPE_AT]!]!);
  }

  // PacketSource

  backlogPackets(): number {
    return this.waiting.length;
  }

  beginVisit(): void {}

  nextPacket(target: Uint8Array, _view: DataView, offset: number): number {
    const text = this.waiting.shift();
    if (text === undefined) return 0;
    target.set(Buffer.from(text, "latin1"), offset);
    return text.length;
  }

  // Inputs

  receive(bytes: Uint8Array): this {
    this.ring.receive(new ByteSpan(bytes), "peer", this.nowMs);
    return this;
  }

  /** Lets own control packets arrive, those they cause included. */
  loopBack(): this {
    for (let packet = this.looped.shift(); packet; packet = this.looped.shift()) this.receive(packet);
    return this;
  }

  /** Lets time pass, and the timers with it. */
  pass(ms: number): this {
    const end = this.nowMs + ms;
    while (this.wakeAtMs <= end) this.wakeNext();
    this.nowMs = end;
    return this;
  }

  /** When a timer fires next. */
  get nextWakeMs(): number {
    return this.wakeAtMs;
  }

  wakeNext(): void {
    this.nowMs = Math.max(this.nowMs, this.wakeAtMs);
    this.wakeAtMs = Number.POSITIVE_INFINITY;
    this.ring.wake(this.nowMs);
  }

  /** The next token of the present ring: what this node sent last, seen and received by all. */
  token(fields: Partial<TokenFields> = {}): this {
    this.lastTokenSeq += this.members.length;
    return this.duplicateToken(fields);
  }

  /** The token that this node has accepted last, once more. */
  duplicateToken(fields: Partial<TokenFields> = {}): this {
    const { lastSeq: seq, lastTokenSeq: tokenSeq } = this;
    return this.receive(orfToken({ ringId: this.ring.ringId, seq, tokenSeq, ...fields }));
  }

  // The way to a ring, in steps

  start(storedSequence = 0): this {
    this.ring.start(storedSequence, this.nowMs);
    return this;
  }

  /** All of `members` but `failed` agree; the lowest of them then makes the commit token. */
  agree(members: readonly number[], failed: readonly number[] = []): this {
    const peers = members.filter((id) => id !== this.nodeId && !failed.includes(id));
    for (let round = 0; round < 2; round++) {
      for (const id of peers) {
        if (this.ring.state === "operational" || this.ring.state === "gather")
          this.receive(join(id, members, failed, this.ring.ringId.sequence));
      }
    }
    this.loopBack();
    this.members = members.filter((id) => !failed.includes(id));
    return this;
  }

  /** The commit token comes round for the first time. */
  commit(entry?: (nodeId: number) => Partial<CommitEntry>): this {
    const { members } = this;
    const index = members.indexOf(this.nodeId);
    if (index > 0) {
      const sequence = this.ring.ringId.sequence + 4;
      const ringId: RingId = { representative: members[0]!, sequence };
      this.receive(commitToken(ringId, members, index, index, entry));
    }
    return this;
  }

  /** The commit token comes round for the second time, and as the representative's for the third. */
  recover(entry?: (nodeId: number) => Partial<CommitEntry>): this {
    const { members } = this;
    const index = members.indexOf(this.nodeId);
    const { ringId } = this.ring;
    const count = members.length;
    this.receive(commitToken(ringId, members, count, count + index, entry));
    if (index === 0) this.receive(commitToken(ringId, members, count, 2 * count, entry));
    this.lastSeq = 0;
    this.lastTokenSeq = index === 0 ? -1 : index - 1 - count;
    return this;
  }

  /** The four visits after which there is nothing left to recover. */
  install(): this {
    this.token({ aru: 0xffffffff, aruAddr: this.members[0]! });
    for (let i = 0; i < 3; i++) this.token();
    return this;
  }

  /** Forgets what has happened so far. */
  forget(): this {
    this.sent.length = 0;
    this.trace.length = 0;
    this.logs.length = 0;
    this.looped.length = 0;
    this.changes.length = 0;
    return this;
  }

  // Outputs

  ofType(type: number): Sent[] {
    return this.sent.filter(({ bytes }) => bytes[TYPE_AT] === type);
  }

  get tokens(): Uint8Array[] {
    return this.ofType(PacketType.orfToken).map(({ bytes }) => bytes);
  }

  get mcasts(): Uint8Array[] {
    return this.ofType(PacketType.mcast).map(({ bytes }) => bytes);
  }

  /** Numbers of the reasons for which GATHER was entered. */
  get gatherReasons(): number[] {
    return this.logs.flatMap((line) => {
      const match = /entering GATHER state from (\d+)\(/.exec(line);
      return match ? [Number(match[1])] : [];
    });
  }
}

/** A ring of 1, 2 and 3 in the given state, as node `nodeId`; what led there is forgotten. */
export function ringIn(
  state: "gather" | "commit" | "recovery" | "operational",
  options: ScriptedRingOptions = {},
): ScriptedRing {
  const ring = new ScriptedRing(options).start(0);
  if (state !== "gather") ring.agree([1, 2, 3]).commit();
  if (state === "recovery" || state === "operational") ring.recover();
  if (state === "operational") ring.install();
  return ring.forget();
}
