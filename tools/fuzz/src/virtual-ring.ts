import { ByteSpan } from "@corosync/codec";
import { Totem, type TotemConfig, totemConfig } from "@corosync/totem";
import { wire } from "./internals.ts";
import { holds } from "./target.ts";

/** Short, so that a ring forms in few events; their proportions are the usual ones. */
const CONFIG: TotemConfig = totemConfig(3, {
  tokenTimeoutMs: 300,
  joinMs: 50,
  consensusMs: 360,
  mergeMs: 100,
  seqnoUnchangedConst: 4,
  failRecvConst: 50,
  // Small, so that messages are cut into pieces and a node costs little memory.
  netMtuBytes: 600,
});

const DELAY_MS = 0.5;
const SELF_DELAY_MS = 0.25;
/** Packets that one input may cause, answers of a full window and all requests included. */
const SENT_AT_ONCE_MAX = 200;
const SELF = "self";

interface Flight {
  readonly atMs: number;
  readonly to: RingNode;
  readonly from: string;
  readonly packet: Uint8Array;
}

/** Some `Totem`s in virtual time; what goes wrong in one of them is thrown. */
export class VirtualRing {
  nowMs = 1000;
  readonly nodes: RingNode[] = [];
  /** Events run so far. */
  events = 0;
  /** Answers false for a packet that is to be lost. */
  passes: (from: RingNode, to: RingNode, packet: Uint8Array) => boolean = () => true;
  private readonly own: Flight[] = [];
  private readonly others: Flight[] = [];

  add(nodeId: number, configured: readonly number[], storedSequence: number): RingNode {
    const node = new RingNode(this, nodeId, configured, storedSequence);
    this.nodes.push(node);
    return node;
  }

  post(from: RingNode, to: number, packet: Uint8Array): void {
    if (to === from.nodeId) {
      this.own.push({ atMs: this.nowMs + SELF_DELAY_MS, to: from, from: SELF, packet });
      return;
    }
    for (const node of this.nodes) {
      if (node.nodeId !== to || !this.passes(from, node, packet)) continue;
      this.others.push({ atMs: this.nowMs + DELAY_MS, to: node, from: `10.0.0.${from.nodeId}`, packet });
    }
  }

  /** Runs the next event if there is one until then. */
  step(untilMs: number): boolean {
    const own = this.own[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const other = this.others[0]?.atMs ?? Number.POSITIVE_INFINITY;
    let wake = Number.POSITIVE_INFINITY;
    let waker: RingNode | null = null;
    for (const node of this.nodes) {
      if (node.wakeAtMs >= wake) continue;
      wake = node.wakeAtMs;
      waker = node;
    }
    const next = Math.min(own, other, wake);
    if (next > untilMs) return false;
    this.nowMs = Math.max(this.nowMs, next);
    this.events++;
    if (own === next) deliver(this.own.shift()!);
    else if (other === next) deliver(this.others.shift()!);
    else waker!.wake();
    return true;
  }

  run(ms: number): void {
    const end = this.nowMs + ms;
    while (this.step(end));
    this.nowMs = end;
  }

  /** @throws when it does not come true within that time and number of events */
  runUntil(condition: () => boolean, what: string, limitMs: number, limitEvents: number): void {
    const end = this.nowMs + limitMs;
    const last = this.events + limitEvents;
    while (!condition()) {
      holds(this.events < last, `${what}: not after ${limitEvents} events`);
      holds(this.step(end), `${what}: not after ${limitMs} ms`);
    }
  }

  isRing(): boolean {
    const ids = this.nodes.map((node) => node.nodeId).sort((a, b) => a - b);
    const { sequence } = this.nodes[0]!.totem.ringId;
    return this.nodes.every(
      ({ totem }) =>
        totem.state === "operational" &&
        totem.ringId.sequence === sequence &&
        totem.members.length === ids.length &&
        totem.members.every((id, i) => id === ids[i]),
    );
  }
}

function deliver({ to, from, packet }: Flight): void {
  to.receive(packet, from);
}

/** What the last token that a node sent said. */
export interface TokenPosition {
  seq: number;
  tokenSeq: number;
  aru: number;
}

export class RingNode {
  readonly totem: Totem;
  wakeAtMs = Number.POSITIVE_INFINITY;
  readonly position: TokenPosition = { seq: 0, tokenSeq: 0, aru: 0 };
  /** Messages delivered that came from `send` of any node, as their numbers. */
  readonly heard: number[] = [];
  /** Whether regular configurations are acknowledged at once, as by a daemon without services. */
  acknowledges = true;
  storedSequence: number;
  #complaints = 0;
  #sentAtOnce = 0;
  readonly #group;

  constructor(
    readonly ring: VirtualRing,
    readonly nodeId: number,
    configured: readonly number[],
    storedSequence: number,
  ) {
    this.storedSequence = storedSequence;
    this.totem = new Totem(nodeId, CONFIG, {
      now: () => ring.nowMs,
      multicast: (batch) => {
        for (let i = 0; i < batch.count; i++) {
          this.#sent();
          const at = batch.offsets[i]!;
          if (ring.nodes.length === 1) continue;
          const packet = batch.bytes.slice(at, at + batch.lengths[i]!);
          for (const id of configured) if (id !== nodeId) ring.post(this, id, packet);
        }
      },
      multicastControl: (packet) => {
        this.#sent();
        for (const id of configured) ring.post(this, id, packet);
      },
      sendToken: (target, token, length) => {
        this.#sent();
        if (!configured.includes(target)) return false;
        const packet = token.slice(0, length);
        this.#noteToken(packet);
        ring.post(this, target, packet);
        return true;
      },
      wakeAt: (deadlineMs) => {
        holds(!Number.isNaN(deadlineMs), "a timer without a time");
        if (deadlineMs < this.wakeAtMs) this.wakeAtMs = deadlineMs;
      },
      persistRingSequence: (sequence) => {
        holds(Number.isSafeInteger(sequence), `ring sequence ${sequence} is stored`);
        holds(sequence > this.storedSequence, `ring sequence ${sequence} follows ${this.storedSequence}`);
        this.storedSequence = sequence;
      },
      discardPending: () => undefined,
      random: () => 0,
      log: (_level, text) => holds(!/undefined|NaN/.test(text), `logs "${text}"`),
      malformed: (from, reason) => this.#complain(from, reason),
    });
    this.#group = this.totem.groups.join("fuzz", {
      deliver: (_nodeId, message) => {
        if (message.length >= 4) this.heard.push(message.u32(0));
      },
      configurationChanged: ({ kind }) => {
        if (kind === "regular") this.#configured = true;
      },
    });
  }

  #configured = false;

  #sent(): void {
    this.#sentAtOnce++;
    holds(this.#sentAtOnce <= SENT_AT_ONCE_MAX, `sends more than ${SENT_AT_ONCE_MAX} packets at once`);
  }

  #noteToken(packet: Uint8Array): void {
    const view = new DataView(packet.buffer);
    if (wire.header.checkHeader(view, 0, packet.length) !== 0) return;
    const fault = wire.orfToken.orfTokenFault(view, 0, packet.length);
    holds(fault === null, `sends a token that is malformed: ${fault}`);
    this.position.seq = view.getUint32(13, true);
    this.position.tokenSeq = view.getUint32(17, true);
    this.position.aru = view.getUint32(21, true);
  }

  #complain(from: string, reason: string): void {
    this.#complaints++;
    // A forged token can overtake its own, which then lies before what it has sent on.
    const overtaken = /^orf_token\.seq: \d+ lies before /.test(reason);
    holds(from !== SELF || overtaken, `refuses a packet of its own: ${reason}`);
    holds(from.length > 0, `complains about nobody: ${reason}`);
    holds(
      /^(message|orf_token|mcast|memb_\w+|token_hold_cancel|totempg)[ .:]/.test(reason) &&
        !/undefined|NaN/.test(reason),
      `complains with "${reason}"`,
    );
  }

  /** A packet; what it causes must be bounded, and what is dropped counted. */
  receive(packet: Uint8Array, from: string): void {
    this.input(() => this.totem.receive(new ByteSpan(packet), from));
  }

  wake(): void {
    this.wakeAtMs = Number.POSITIVE_INFINITY;
    this.input(() => this.totem.wake());
  }

  input(run: () => void): void {
    this.#sentAtOnce = 0;
    run();
    const { malformed_rx: counted } = this.totem.counters;
    holds(counted === this.#complaints, `counts ${counted} malformed packets and names ${this.#complaints}`);
    if (this.#configured && this.acknowledges) this.acknowledge();
  }

  acknowledge(): void {
    this.#configured = false;
    this.totem.groups.acknowledgeTransition();
  }

  /** Multicasts a message of that length with this number in front. */
  send(number: number, lengthBytes: number): boolean {
    const message = new ByteSpan(new Uint8Array(Math.max(4, lengthBytes)));
    message.setU32(0, number);
    return this.#group.multicast(message);
  }
}
