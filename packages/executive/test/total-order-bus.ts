import { ByteSpan } from "@corosync/codec";
import type {
  ConfigurationChange,
  GroupReceiver,
  ProcessGroups,
  QueueLevel,
  RingId,
  TotemGroup,
} from "@corosync/totem";

/** A message on its way: which group, and its bytes. */
interface Queued {
  readonly group: string;
  readonly bytes: Uint8Array;
}

interface Ring {
  readonly id: RingId;
  readonly members: readonly BusNode[];
  /** The total order so far. */
  readonly log: (Queued & { readonly sender: BusNode })[];
}

const QUEUE_BYTES = 4 * 1024 * 1024;
/** Messages that one token visit may send. */
const WINDOW = 50;
/** Each queued message costs a packet's worth at least. */
const PACKET_BYTES = 1500;

/**
 * A node on the bus: extended virtual synchrony without packets. It has the two send queues, the
 * transitional and the regular configuration, and callbacks after tokens (spec services-cpg-sam 1.5, 1.6).
 */
export class BusNode implements ProcessGroups {
  readonly maxMessageBytes = 1024 * 1024;
  queueLevel: QueueLevel = "low";
  ring: Ring | null = null;
  /** Entries of the ring's log that were delivered here. */
  delivered = 0;
  readonly #receivers = new Map<string, GroupReceiver[]>();
  #normal: Queued[] = [];
  #transitional: Queued[] = [];
  #waitingForAcknowledge = false;
  #queuedBytes = 0;
  #works: (() => boolean)[] = [];
  readonly #levelListeners: ((level: QueueLevel) => void)[] = [];
  readonly #span = new ByteSpan(new Uint8Array(0));

  constructor(
    readonly nodeId: number,
    readonly queueBytes = QUEUE_BYTES,
  ) {}

  join(group: string, receiver: GroupReceiver): TotemGroup {
    this.#receivers.set(group, [...(this.#receivers.get(group) ?? []), receiver]);
    return { multicast: (header, payload) => this.#multicast(group, header, payload) };
  }

  acknowledgeTransition(): void {
    this.#waitingForAcknowledge = false;
  }

  afterToken(work: () => boolean): () => void {
    this.#works.push(work);
    return () => {
      this.#works = this.#works.filter((other) => other !== work);
    };
  }

  onQueueLevel(listener: (level: QueueLevel) => void): void {
    this.#levelListeners.push(listener);
  }

  get busy(): boolean {
    return this.#normal.length + this.#transitional.length + this.#works.length > 0 || this.behind > 0;
  }

  get behind(): number {
    return this.ring === null ? 0 : this.ring.log.length - this.delivered;
  }

  /** Delivers up to `count` messages of the total order. */
  catchUp(count = Number.POSITIVE_INFINITY): void {
    for (let left = count; left > 0 && this.behind > 0; left--) this.#deliverNext(() => true);
  }

  /** The token is here: deliver, send, run what waits for it. */
  visit(window = WINDOW): void {
    this.catchUp();
    this.#send(window);
    this.catchUp();
    const works = this.#works;
    this.#works = [];
    const again = works.filter((work) => !work());
    this.#works = [...again, ...this.#works];
  }

  /** Old-ring messages before the gap, transitional configuration, those after it of who comes along. */
  leaveRing(along: readonly BusNode[], ringId: RingId, gap: number): void {
    while (this.ring !== null && this.delivered < gap) this.#deliverNext(() => true);
    const before = this.ring?.members ?? [];
    this.#waitingForAcknowledge = true;
    const left = before.filter((node) => !along.includes(node));
    this.#change("transitional", along, left, [], ringId);
    while (this.behind > 0) this.#deliverNext((sender) => along.includes(sender));
  }

  installRing(ring: Ring, along: readonly BusNode[]): void {
    this.ring = ring;
    this.delivered = 0;
    const joined = ring.members.filter((node) => !along.includes(node));
    this.#change("regular", ring.members, [], joined, ring.id);
  }

  #change(
    kind: ConfigurationChange["kind"],
    members: readonly BusNode[],
    left: readonly BusNode[],
    joined: readonly BusNode[],
    ringId: RingId,
  ): void {
    const ids = (nodes: readonly BusNode[]) => nodes.map((node) => node.nodeId).sort((a, b) => a - b);
    const change = { kind, members: ids(members), left: ids(left), joined: ids(joined), ringId };
    for (const receivers of this.#receivers.values())
      for (const receiver of receivers) receiver.configurationChanged?.(change);
  }

  #deliverNext(wanted: (sender: BusNode) => boolean): void {
    const { sender, group, bytes } = this.ring!.log[this.delivered++]!;
    if (!wanted(sender)) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#span.pointAt(bytes, view, 0, bytes.length);
    for (const receiver of this.#receivers.get(group) ?? []) receiver.deliver(sender.nodeId, this.#span);
  }

  #multicast(group: string, header: ByteSpan, payload: ByteSpan | undefined): boolean {
    const length = header.length + (payload?.length ?? 0);
    if (this.#queuedBytes + cost(length) > this.queueBytes) return false;
    const bytes = new Uint8Array(length);
    bytes.set(header.subarray());
    if (payload !== undefined) bytes.set(payload.subarray(), header.length);
    (this.#waitingForAcknowledge ? this.#transitional : this.#normal).push({ group, bytes });
    this.#account(cost(length));
    return true;
  }

  #send(window: number): void {
    const usable = this.#waitingForAcknowledge ? [this.#transitional] : [this.#transitional, this.#normal];
    let left = window;
    for (const queue of usable) {
      for (const message of queue.splice(0, left)) {
        left--;
        this.ring!.log.push({ ...message, sender: this });
        this.#account(-cost(message.bytes.length));
      }
    }
  }

  #account(bytes: number): void {
    this.#queuedBytes += bytes;
    const percent = (100 * this.#queuedBytes) / this.queueBytes;
    const level = levelOf(percent) ?? this.queueLevel;
    if (level === this.queueLevel) return;
    this.queueLevel = level;
    for (const listener of this.#levelListeners) listener(level);
  }
}

function cost(bytes: number): number {
  return (Math.floor(bytes / PACKET_BYTES) + 1) * PACKET_BYTES;
}

function levelOf(percent: number): QueueLevel | null {
  if (percent >= 75) return "critical";
  if (percent < 30) return "low";
  if (percent > 40 && percent < 50) return "good";
  return percent > 60 && percent < 70 ? "high" : null;
}

/** Rings of nodes, moved by hand. */
export class TotalOrderBus {
  readonly nodes = new Map<number, BusNode>();
  #sequence = 1;

  add(nodeId: number, queueBytes?: number): BusNode {
    const node = new BusNode(nodeId, queueBytes);
    this.nodes.set(nodeId, node);
    return node;
  }

  /** The node is gone without a word; the rings that had it notice at the next `install`. */
  remove(nodeId: number): void {
    this.nodes.delete(nodeId);
  }

  /**
   * Makes a ring of these nodes. Messages of their old rings count as received by everyone up to
   * `safe` entries (all, unless said); later ones only reach those who move along with the sender.
   */
  install(nodeIds: readonly number[], safe = Number.POSITIVE_INFINITY): void {
    const members = [...nodeIds].sort((a, b) => a - b).map((id) => this.nodes.get(id)!);
    this.#sequence += 4;
    const id: RingId = { representative: members[0]!.nodeId, sequence: this.#sequence };
    const along = new Map(
      members.map((node) => [
        node,
        node.ring === null ? [node] : members.filter((other) => other.ring === node.ring),
      ]),
    );
    const gaps = new Map(
      members.map((node) => {
        const furthest = Math.max(...along.get(node)!.map((other) => other.delivered));
        return [node, Math.max(furthest, Math.min(safe, node.ring?.log.length ?? 0))];
      }),
    );
    const ring: Ring = { id, members, log: [] };
    for (const node of members) node.leaveRing(along.get(node)!, id, gaps.get(node)!);
    for (const node of members) node.installRing(ring, along.get(node)!);
  }

  /** One rotation of every ring's token; a ring that has node `first` starts there. */
  rotate(first?: number): void {
    const rings = new Set([...this.nodes.values()].map((node) => node.ring).filter((ring) => ring !== null));
    for (const { members } of rings) {
      const start = Math.max(
        0,
        members.findIndex((node) => node.nodeId === first),
      );
      for (let i = 0; i < members.length; i++) {
        const node = members[(start + i) % members.length]!;
        if (this.nodes.get(node.nodeId) === node) node.visit();
      }
    }
  }

  /** Rotates until nothing is queued, undelivered or waiting for a token. */
  settle(first?: number): void {
    for (let rotations = 0; ; rotations++) {
      if (![...this.nodes.values()].some((node) => node.ring !== null && node.busy)) return;
      if (rotations === 10_000) throw new Error("the bus does not settle");
      this.rotate(first);
    }
  }
}
