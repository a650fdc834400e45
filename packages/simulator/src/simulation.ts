import { setImmediate as nextTurn } from "node:timers/promises";
import { totemConfig } from "@corosync/totem";
import { EventQueue } from "./event-queue.ts";
import { describeFault, drawFaults, type Fault } from "./fault-schedule.ts";
import { GroupChecker } from "./group-checker.ts";
import { Network } from "./network.ts";
import type { Profile } from "./profile.ts";
import { RingChecker } from "./ring-checker.ts";
import { SeededRandom } from "./seeded-random.ts";
import { type NodeWorld, SimulatedNode } from "./simulated-node.ts";
import { hashBytes, Trace } from "./trace.ts";
import { Violation } from "./violation.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly nodeCount: number;
  readonly durationMs: number;
  readonly profile: Profile;
  /** Instead of those that the seed gives. */
  readonly faults?: readonly Fault[];
  /** Gets a line for every event. */
  readonly print?: (line: string) => void;
}

export interface SimulationResult {
  readonly traceHash: string;
  /** What was not kept; null when all was. */
  readonly violation: Error | null;
  readonly faults: readonly Fault[];
  readonly virtualMs: number;
  readonly packets: number;
  readonly deliveries: number;
  readonly configurations: number;
}

const GROUPS = ["orders", "stock", "bills"];
/** How many processes a node has at most. */
const CLIENTS_PER_NODE = 4;
/** Virtual time after the last fault, in token timeouts, in which one ring must form and be synchronized. */
const SETTLE_TOKEN_TIMEOUTS = 25;
const SETTLE_MIN_MS = 10_000;
const MAX_QUEUED_EVENTS = 2_000_000;

/** Runs a cluster and checks it; the same options give the same result. */
export function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #queue = new EventQueue();
  readonly #random: SeededRandom;
  readonly #network: Network;
  readonly #ids: readonly number[];
  readonly #nodes = new Map<number, SimulatedNode>();
  readonly #ringChecker = new RingChecker();
  readonly #groupChecker = new GroupChecker();
  readonly #trace: Trace;
  readonly #faults: readonly Fault[];
  readonly #world: NodeWorld;
  readonly #profile: Profile;
  readonly #stored = new Map<number, number>();
  #failure: Error | null = null;
  #turned = true;
  #nextPid = 1000;
  #deliveries = 0;
  #configurations = 0;
  #working = true;

  constructor(readonly options: SimulationOptions) {
    const { seed, nodeCount, durationMs, profile } = options;
    this.#profile = profile;
    this.#ids = Array.from({ length: nodeCount }, (_, i) => i + 1);
    this.#trace = new Trace(options.print ?? null);
    // Sources of their own: leaving out a fault changes as little else as possible.
    this.#faults =
      options.faults ?? drawFaults(new SeededRandom(seed ^ 0x5eed), profile, this.#ids, durationMs);
    this.#random = new SeededRandom(seed);
    this.#network = new Network(this.#queue, new SeededRandom(seed ^ 0x4e7), profile);
    this.#world = this.#makeWorld();
  }

  async run(): Promise<SimulationResult> {
    try {
      await this.#runAll();
    } catch (error) {
      this.#failure ??= error as Error;
    }
    return {
      traceHash: this.#trace.hash,
      violation: this.#failure,
      faults: this.#faults,
      virtualMs: this.#queue.nowMs,
      packets: this.#network.packets,
      deliveries: this.#deliveries,
      configurations: this.#configurations,
    };
  }

  async #runAll(): Promise<void> {
    const { durationMs } = this.options;
    for (const id of this.#ids) await this.#start(id);
    for (const fault of this.#faults) this.#queue.schedule(fault.atMs, () => this.#apply(fault));
    this.#scheduleOperation();
    await this.#runUntil(durationMs);
    await this.#settle();
  }

  async #runUntil(endMs: number, done: () => boolean = () => false): Promise<boolean> {
    let turns = 0;
    while (this.#queue.nextMs <= endMs) {
      this.#queue.step();
      // Promises of clients settle before anything else happens.
      if (this.#turned || (++turns & 0x3fff) === 0) {
        this.#turned = false;
        await nextTurn();
      }
      if (this.#failure !== null) throw this.#failure;
      if (this.#queue.length > MAX_QUEUED_EVENTS)
        throw new Violation("memory", "events without end are queued");
      if (done()) return true;
    }
    this.#queue.nowMs = endMs;
    return false;
  }

  async #start(id: number): Promise<void> {
    const skew = 1 + (this.#random.next() * 2 - 1) * this.#profile.clockSkew;
    const node = new SimulatedNode(id, this.#world, skew, this.#stored.get(id) ?? 0);
    this.#nodes.set(id, node);
    this.#event(id, "start", 0, () => `ring sequence ${node.storedSequence}`);
    await node.start();
  }

  /** No more faults: one ring must form, synchronize, deliver everything and stay (L1, L4, M7, M8). */
  async #settle(): Promise<void> {
    this.#working = false;
    this.#network.becomePerfect();
    const timeoutMs = this.#world.config.tokenTimeoutMs;
    const settleMs = Math.max(SETTLE_MIN_MS, SETTLE_TOKEN_TIMEOUTS * timeoutMs);
    for (const id of this.#ids) {
      const node = this.#nodes.get(id)!;
      node.packetMs = 0;
      if (!node.alive) await this.#start(id);
    }
    await this.#runUntil(this.#queue.nowMs + settleMs, () => this.#isOneRing());
    if (!this.#isOneRing())
      throw new Violation("L1", `no ring of all after ${settleMs} ms: ${this.#states()}`);
    await this.#runUntil(this.#queue.nowMs + 3000);
    const before = this.#configurations;
    for (const node of this.#nodes.values()) for (const client of node.clients) client.send(100, 1);
    await this.#runUntil(this.#queue.nowMs + 5000);
    if (this.#configurations !== before) throw new Violation("L4", "the ring changed without a cause");
    this.#checkAtRest();
  }

  #isOneRing(): boolean {
    const first = this.#nodes.get(1)!.totem;
    for (const { totem, executive } of this.#nodes.values()) {
      if (totem.state !== "operational" || executive.synchronizing) return false;
      if (totem.members.length !== this.#ids.length) return false;
      if (totem.ringId.sequence !== first.ringId.sequence) return false;
    }
    return true;
  }

  #states(): string {
    return [...this.#nodes.values()]
      .map(({ nodeId, totem, executive }) => {
        const phase = executive.synchronizing ? " synchronizing" : "";
        return `${nodeId} ${totem.state}${phase} in ${totem.members.join("+")}`;
      })
      .join(", ");
  }

  #checkAtRest(): void {
    const nodes = [...this.#nodes.values()];
    this.#ringChecker.atRest(nodes.map(({ nodeId, ringLog }) => ({ nodeId, stretch: ringLog.current! })));
    const clients = nodes
      .flatMap((node) => node.clients)
      .filter(({ gone, group }) => !gone && group !== null);
    for (const { log, groupName } of clients) {
      if (log.ownDelivered !== log.ownSent)
        throw new Violation("M7", `${log.name} sent ${log.ownSent} messages and got ${log.ownDelivered}`);
      const peers = clients.filter((other) => other.groupName === groupName).map((other) => other.log.name);
      if ([...peers].sort().join() !== [...log.members].sort().join())
        throw new Violation("CPG", `${log.name} sees ${log.members} in ${groupName}, there are ${peers}`);
    }
  }

  #scheduleOperation(): void {
    const meanMs = 1000 / this.#profile.operationsPerSecond;
    this.#queue.schedule(this.#queue.nowMs - Math.log(1 - this.#random.next()) * meanMs, () => {
      if (!this.#working) return;
      this.#operate();
      this.#scheduleOperation();
    });
  }

  #operate(): void {
    const { below, chance, pick } = bound(this.#random);
    const node = this.#nodes.get(pick(this.#ids))!;
    if (!node.alive || node.paused) return;
    const clients = node.clients.filter((client) => !client.gone);
    if (clients.length === 0 || (clients.length < CLIENTS_PER_NODE && chance(0.1))) {
      node.connect(this.#nextPid++, pick(GROUPS));
      this.#turned = true;
      return;
    }
    const client = pick(clients);
    if (chance(0.03)) client.end(chance(0.5));
    else {
      // Bursts of mixed sizes: what fits a packet, what fills one, what needs many.
      for (let count = 1 + (chance(0.1) ? below(40) : below(4)); count > 0; count--)
        client.send(chance(0.1) ? below(this.#profile.maxMessageBytes) : below(300), below(256));
    }
    this.#turned = true;
  }

  #apply(fault: Fault): void {
    if (!this.#working) return;
    this.#event(0, "fault", 0, () => describeFault(fault));
    const { nowMs } = this.#queue;
    switch (fault.kind) {
      case "partition":
        this.#network.split([fault.side, this.#ids.filter((id) => !fault.side.includes(id))]);
        break;
      case "scatter":
        this.#network.split(this.#ids.map((id) => [id]));
        break;
      case "heal":
        this.#network.split(null);
        break;
      case "cut":
        this.#network.cut(fault.from, fault.to, nowMs + fault.forMs);
        break;
      case "loss":
        this.#network.loss = fault.loss;
        this.#later(fault.forMs, () => {
          this.#network.loss = this.#profile.loss;
        });
        break;
      default:
        this.#applyToNode(fault, this.#nodes.get(fault.node)!);
    }
  }

  #applyToNode(fault: Extract<Fault, { node: number }>, node: SimulatedNode): void {
    if (!node.alive) return;
    if (fault.kind === "pause") node.pause(fault.forMs);
    else if (fault.kind === "slow") {
      node.packetMs = fault.packetMs;
      this.#later(fault.forMs, () => {
        node.packetMs = 0;
      });
    } else {
      if (fault.kind === "leave" && !node.paused) node.leave();
      else node.crash();
      const forgets = fault.kind === "crash" && fault.forgets;
      this.#stored.set(node.nodeId, forgets ? 0 : node.storedSequence);
      this.#later(fault.forMs, () => this.#revive(node));
    }
  }

  #later(ms: number, work: () => void): void {
    this.#queue.schedule(this.#queue.nowMs + ms, () => {
      if (this.#working) work();
    });
  }

  #revive(node: SimulatedNode): void {
    if (this.#nodes.get(node.nodeId) !== node) return;
    this.#turned = true;
    this.#start(node.nodeId).catch((error: unknown) => this.#fail(error));
  }

  #event(nodeId: number, kind: string, value: number, text: () => string): void {
    this.#trace.add(this.#queue.nowMs, nodeId, kind, value, text);
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  #makeWorld(): NodeWorld {
    const { tokenTimeoutMs } = this.#profile;
    const checker = this.#ringChecker;
    const settings = tokenTimeoutMs === 0 ? {} : { tokenTimeoutMs };
    return {
      queue: this.#queue,
      network: this.#network,
      random: this.#random,
      nodeIds: this.#ids,
      config: totemConfig(this.#ids.length, { tokenWarningPercent: 0, ...settings }),
      observer: (nodeId) => ({
        sent: (hash) => checker.sent(nodeId, hash),
        delivered: (from, hash) => {
          this.#deliveries++;
          checker.delivered(nodeId, from, hash);
        },
        changed: ({ kind, ringId, members }) =>
          this.#event(nodeId, kind, ringId.sequence, () => `ring ${ringId.sequence}: ${members.join(" ")}`),
        regular: (change) => {
          this.#configurations++;
          checker.regular(nodeId, change);
        },
        stretchEnded: (stretch) => checker.stretchEnded(nodeId, stretch),
      }),
      clientWorld: (nodeId) => ({
        checker: this.#groupChecker,
        event: (kind, value, text) => this.#event(nodeId, kind, value, text),
        failed: (error) => this.#fail(error),
      }),
      packetSent: (bytes) => this.#checkPacket(bytes),
      turned: () => {
        this.#turned = true;
      },
      log: (nodeId, text) => this.#event(nodeId, "log", 0, () => text),
    };
  }

  /** Offsets of spec totem 2.4, written out here: the checker shares no code with the ring. */
  #checkPacket(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes[4] !== 2) return;
    const ring = `${view.getUint32(25, true)}.${view.getUint32(29, true)}`;
    this.#ringChecker.packet(ring, view.getUint32(17, true), hashBytes(bytes, 45, bytes.length - 45));
  }
}

function bound(random: SeededRandom) {
  return {
    below: (limit: number) => random.below(limit),
    chance: (probability: number) => random.chance(probability),
    pick: <T>(list: readonly T[]): T => random.pick(list),
  };
}
