import { ByteSpan } from "@corosync/codec";
import {
  type ConfigurationChange,
  TOTEM_BEHAVIOUR,
  Totem,
  type TotemBehaviour,
  type TotemConfig,
  type TotemEnvironment,
  type TotemSettings,
  totemConfig,
} from "../src/index.ts";

/** A small seeded generator (mulberry32): the same seed gives the same run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** What a node's application saw, in order. */
export type Seen =
  | { readonly kind: "message"; readonly from: number; readonly text: string }
  | { readonly kind: "change"; readonly change: ConfigurationChange };

interface Event {
  readonly atMs: number;
  readonly order: number;
  run(): void;
}

export interface SentPacket {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** Far more than a ring of a few nodes causes, loaded or not. */
const EVENTS_A_SECOND_MAX = 400_000;

/** A cluster of `Totem`s in virtual time, over a network that delays and loses packets as told. */
export class VirtualNetwork {
  nowMs = 1000;
  /** Chance that a packet between two different nodes is lost. */
  loss = 0;
  delayMs = 0.1;
  jitterMs = 0;
  readonly nodes = new Map<number, VirtualNode>();
  /** Which choices a node makes where C makes others. */
  behaviourOf: (nodeId: number) => TotemBehaviour = () => TOTEM_BEHAVIOUR;
  /** Sees every packet that leaves a node; answers false to drop it. */
  filter: (packet: SentPacket) => boolean = () => true;
  private readonly events: Event[] = [];
  private order = 0;
  private second = 0;
  private eventsInSecond = 0;
  private partition: readonly (readonly number[])[] | null = null;
  readonly random: () => number;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
  }

  /** Adds a node; all of `memberIds` are configured. */
  add(
    nodeId: number,
    memberIds: readonly number[],
    settings: TotemSettings = {},
    storedSequence = 0,
  ): VirtualNode {
    const node = new VirtualNode(
      this,
      nodeId,
      memberIds,
      totemConfig(memberIds.length, settings),
      storedSequence,
    );
    this.nodes.set(nodeId, node);
    return node;
  }

  /** Only nodes in the same list hear each other. */
  split(...sides: readonly (readonly number[])[]): void {
    this.partition = sides;
  }

  heal(): void {
    this.partition = null;
  }

  schedule(atMs: number, run: () => void): void {
    const event = { atMs, order: this.order++, run };
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.events[middle]!;
      if (other.atMs < atMs || (other.atMs === atMs && other.order < event.order)) low = middle + 1;
      else high = middle;
    }
    this.events.splice(low, 0, event);
  }

  send(from: number, to: number, bytes: Uint8Array): void {
    if (from !== to) {
      if (this.partition && !this.partition.some((side) => side.includes(from) && side.includes(to))) return;
      if (!this.filter({ from, to, bytes })) return;
      if (this.random() < this.loss) return;
    }
    const delay = from === to ? 0.001 : this.delayMs + this.random() * this.jitterMs;
    this.schedule(this.nowMs + delay, () => this.nodes.get(to)?.receive(bytes, from));
  }

  /** Runs for a span of virtual time. */
  run(ms: number): void {
    const end = this.nowMs + ms;
    while (this.events.length > 0 && this.events[0]!.atMs <= end) {
      const event = this.events.shift()!;
      this.countEvent(event.atMs);
      this.nowMs = event.atMs;
      event.run();
    }
    this.nowMs = end;
  }

  /** A storm of packets fails a test instead of making it last for ever. */
  private countEvent(atMs: number): void {
    const second = Math.floor(atMs / 1000);
    if (second !== this.second) {
      this.second = second;
      this.eventsInSecond = 0;
    }
    if (++this.eventsInSecond > EVENTS_A_SECOND_MAX) throw new Error(`a storm of packets at ${atMs} ms`);
  }

  /** Runs until `condition` holds. @throws after `limitMs` of virtual time */
  runUntil(condition: () => boolean, limitMs = 60_000, what = "the condition"): void {
    const end = this.nowMs + limitMs;
    while (!condition()) {
      if (this.nowMs >= end) throw new Error(`${what} did not come true in ${limitMs} ms`);
      this.run(1);
    }
  }

  /** Whether all these nodes are in one stable ring of exactly themselves. */
  isRing(nodeIds: readonly number[]): boolean {
    const nodes = nodeIds.map((id) => this.nodes.get(id)!);
    const first = nodes[0]!.totem;
    return nodes.every(
      ({ totem }) =>
        totem.state === "operational" &&
        totem.ringId.sequence === first.ringId.sequence &&
        totem.members.join() === [...nodeIds].sort((a, b) => a - b).join(),
    );
  }
}

export class VirtualNode {
  readonly totem: Totem;
  readonly seen: Seen[] = [];
  readonly logs: string[] = [];
  readonly malformed: string[] = [];
  storedSequence: number;
  /** Acknowledges each regular configuration at once, as a service layer without services would. */
  acknowledge = true;
  alive = true;
  private readonly group;

  constructor(
    network: VirtualNetwork,
    readonly nodeId: number,
    /** Whom it sends to and hears; may change at any time. */
    public memberIds: readonly number[],
    readonly config: TotemConfig,
    storedSequence: number,
  ) {
    this.storedSequence = storedSequence;
    const others = (): number[] => this.memberIds.filter((id) => id !== nodeId);
    const environment: TotemEnvironment = {
      now: () => network.nowMs,
      multicast: (batch) => {
        for (let i = 0; i < batch.count; i++) {
          const from = batch.offsets[i]!;
          const packet = batch.bytes.slice(from, from + batch.lengths[i]!);
          for (const other of others()) network.send(nodeId, other, packet);
        }
      },
      multicastControl: (packet) => {
        for (const id of [...others(), nodeId]) network.send(nodeId, id, packet.slice());
      },
      sendToken: (target, token, length) => {
        if (!this.memberIds.includes(target)) return false;
        network.send(nodeId, target, token.slice(0, length));
        return true;
      },
      wakeAt: (deadlineMs) => {
        network.schedule(deadlineMs, () => {
          if (this.alive) this.totem.wake();
        });
      },
      persistRingSequence: (sequence) => {
        this.storedSequence = sequence;
      },
      discardPending: () => {},
      random: (limit) => Math.floor(network.random() * limit),
      log: (level, text) => this.logs.push(`${level} ${text}`),
      malformed: (from, reason) => this.malformed.push(`${from}: ${reason}`),
    };
    this.totem = new Totem(nodeId, config, environment, 0, "synchronized", network.behaviourOf(nodeId));
    this.group = this.totem.groups.join("a", {
      deliver: (from, message) => {
        this.seen.push({ kind: "message", from, text: Buffer.from(message.copy()).toString("latin1") });
      },
      configurationChanged: (change) => {
        this.seen.push({ kind: "change", change });
        if (change.kind === "regular" && this.acknowledge) {
          network.schedule(network.nowMs, () => this.totem.groups.acknowledgeTransition());
        }
      },
    });
  }

  start(): void {
    this.totem.start(this.storedSequence);
  }

  receive(bytes: Uint8Array, from: number): void {
    if (this.alive && this.memberIds.includes(from)) this.totem.receive(new ByteSpan(bytes), `node ${from}`);
  }

  /** Dies without a word. */
  crash(): void {
    this.alive = false;
    this.totem.stop();
  }

  /** Multicasts a text; false when the queue is full. */
  send(text: string): boolean {
    return this.group.multicast(new ByteSpan(Buffer.from(text, "latin1")));
  }

  get messages(): string[] {
    return this.seen.flatMap((event) => (event.kind === "message" ? [event.text] : []));
  }

  get changes(): ConfigurationChange[] {
    return this.seen.flatMap((event) => (event.kind === "change" ? [event.change] : []));
  }
}
