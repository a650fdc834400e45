import { ByteSpan } from "@corosync/codec";
import { createExecutive, type Executive } from "@corosync/executive";
import { type EventLoop, type MemoryCarrier, memoryCarrier } from "@corosync/ipc";
import {
  C_TOTEM_BEHAVIOUR,
  TOTEM_BEHAVIOUR,
  Totem,
  type TotemConfig,
  type TotemEnvironment,
} from "@corosync/totem";
import type { Counts } from "./counts.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Inner } from "./inner-checker.ts";
import type { Network, Receiver } from "./network.ts";
import type { NodeClock } from "./node-clock.ts";
import { type NodeServices, nodeServices } from "./node-services.ts";
import type { Packet } from "./packet.ts";
import type { RingChecks } from "./ring-checks.ts";
import { RingLog } from "./ring-log.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SendQueue } from "./send-queue.ts";
import { SequenceWatch } from "./sequence-watch.ts";
import { type ClientWorld, SimulatedClient } from "./simulated-client.ts";
import { WaitingPackets } from "./waiting-packets.ts";

/** Listening name of CPG. */
const CPG_NAME = "cpg";

/** What the nodes of a cluster share. */
export interface NodeWorld {
  readonly queue: EventQueue;
  readonly network: Network;
  readonly counts: Counts;
  readonly nodeIds: readonly number[];
  readonly config: TotemConfig;
  /** The checks of a life that begins. */
  checks(nodeId: number, storedSequence: number): RingChecks;
  clientWorld(nodeId: number): ClientWorld;
  /** Something settled promises: they run before the next event. */
  turned(): void;
  log(nodeId: number, text: string): void;
}

/** What a life of a node has for itself. */
export interface NodeParts {
  readonly clock: NodeClock;
  readonly sends: SendQueue;
  readonly random: SeededRandom;
  /** Ring sequence that the node finds on its disk. */
  readonly storedSequence: number;
  /** The node behaves as corosync 3.1.7 does, defects included. */
  readonly asC: boolean;
}

/** One life of a node: ring, executive, service engines and clients, the classes of the daemon. */
export class SimulatedNode implements Receiver {
  readonly totem: Totem;
  readonly executive: Executive;
  readonly services: NodeServices;
  readonly ringLog: RingLog;
  /** Processes of this life; those that are gone are dropped when another comes. */
  clients: readonly SimulatedClient[] = [];
  alive = true;
  storedSequence: number;
  #packetMs = 0;
  /** A packet is being worked on, slowly. */
  #busy = false;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #pausedUntilMs = 0;
  readonly #waiting: WaitingPackets;
  /** By the service's listening name. */
  readonly #carriers = new Map<string, MemoryCarrier>();
  readonly #loop: EventLoop;
  readonly #sequences: SequenceWatch;
  /** What the log calls each sender. */
  readonly #names: readonly string[];

  constructor(
    readonly nodeId: number,
    readonly world: NodeWorld,
    readonly parts: NodeParts,
  ) {
    const { queue, network, config, counts, nodeIds } = world;
    const { clock, storedSequence, random, asC } = parts;
    this.storedSequence = storedSequence;
    this.#waiting = new WaitingPackets(network.pool, counts);
    this.#sequences = new SequenceWatch(counts);
    this.#names = Array.from({ length: Math.max(...nodeIds) + 1 }, (_, id) => `node ${id}`);
    this.services = nodeServices(asC);
    this.ringLog = new RingLog(nodeId, world.checks(nodeId, storedSequence));
    const behaviour = asC ? C_TOTEM_BEHAVIOUR : TOTEM_BEHAVIOUR;
    this.totem = new Totem(nodeId, config, this.#environment(), 0, "synchronized", behaviour);
    this.ringLog.checks.life.inner = innerOf(this.totem);
    this.#loop = {
      schedule: (task) => queue.after(0, () => this.#turn(task)),
      setTimer: (delayMs, task) => {
        let cancelled = false;
        queue.after(delayMs / clock.rate, () => {
          if (!cancelled) this.#turn(task);
        });
        return () => {
          cancelled = true;
        };
      },
    };
    this.executive = createExecutive({
      totem: this.ringLog.watch(this.totem.groups),
      services: this.services.engines,
      log: (subsystem, level, text) => {
        if (level === "warning" || level === "error") world.log(nodeId, `${subsystem}: ${text}`);
      },
      random: () => random.below(0x1_0000_0000),
      nowMs: () => clock.nowMs(),
    });
    network.attach(this);
  }

  #environment(): TotemEnvironment {
    const { nodeId, world, parts } = this;
    const { network, nodeIds } = world;
    const { clock, random } = parts;
    const known = new Set(nodeIds);
    const others = nodeIds.filter((id) => id !== nodeId);
    let saved = new ByteSpan(new Uint8Array(0));
    return {
      now: () => clock.nowMs(),
      multicast: (batch) => {
        for (let i = 0; i < batch.count; i++) {
          const packet = network.pool.copy(batch.bytes, batch.offsets[i]!, batch.lengths[i]!);
          this.ringLog.mcastSent(packet.span);
          this.#send(others, packet);
        }
      },
      multicastControl: (bytes) => {
        const packet = network.pool.copy(bytes, 0, bytes.length);
        // The way to the node itself is never full.
        network.send(nodeId, nodeId, packet);
        this.#send(others, packet);
      },
      sendToken: (target, token, length) => {
        if (!known.has(target)) return false;
        // The ring keeps its token in one place.
        if (saved.bytes !== token) saved = new ByteSpan(token);
        const packet = network.pool.copyShort(saved, length);
        this.ringLog.tokenSent(target, packet.span);
        this.#sequences.sent(packet.span);
        if (target === nodeId) network.send(nodeId, nodeId, packet);
        else if (parts.sends.accepts()) parts.sends.send(target, packet);
        network.pool.release(packet);
        return true;
      },
      // A little later, so that rounding never makes a wake-up come too early, again and again.
      wakeAt: (deadlineMs) => this.#wakeAt(clock.virtualTimeOf(deadlineMs) + 0.001),
      persistRingSequence: (sequence) => {
        if (this.storedSequence <= 0xffffffff && sequence > 0xffffffff) world.counts.ringSequenceWraps++;
        this.storedSequence = sequence;
        this.ringLog.committed(this.totem.ringId);
      },
      discardPending: () => this.#waiting.clear(),
      random: (limit) => random.below(limit),
      log: (level, text) => {
        if (level !== "debug" && level !== "trace") world.log(nodeId, text);
      },
      malformed: (from, reason) => this.ringLog.checks.complained(from, reason),
    };
  }

  /** Sends a packet to all others, and lets go of it. */
  #send(others: readonly number[], packet: Packet): void {
    const { sends } = this.parts;
    const accepted = sends.accepts();
    this.#sequences.sent(packet.span);
    if (accepted) for (let i = 0; i < others.length; i++) sends.send(others[i]!, packet);
    this.totem.multicastSent(accepted);
    this.world.network.pool.release(packet);
  }

  async start(): Promise<void> {
    let connections = 1;
    await this.executive.serve((service, handler) => {
      const nextConnectionId = () => connections++;
      const carrier = memoryCarrier(handler, { service, loop: this.#loop, nextConnectionId });
      this.#carriers.set(service, carrier);
      return carrier.server;
    });
    this.totem.start(this.storedSequence);
  }

  /** A process comes and joins a group. */
  connect(pid: number, group: string): void {
    const client = new SimulatedClient(
      this.nodeId,
      pid,
      group,
      this.world.clientWorld(this.nodeId),
      this.ringLog.checks,
    );
    this.clients = [...this.clients.filter(({ gone }) => !gone), client];
    client.start(this.#carriers.get(CPG_NAME)!.connect());
  }

  /** For a while nothing happens; then the timers that are due, and all packets that came. */
  pause(forMs: number): void {
    const { queue } = this.world;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, queue.nowMs + forMs);
    queue.schedule(this.#pausedUntilMs, { run: () => this.#resume() });
  }

  get paused(): boolean {
    return this.world.queue.nowMs < this.#pausedUntilMs;
  }

  /** For how long it is stopped from now on, in milliseconds. */
  get pausedForMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.world.queue.nowMs);
  }

  /** Milliseconds that each packet keeps this node busy. */
  set packetMs(packetMs: number) {
    this.#packetMs = packetMs;
  }

  /** The node's clock runs at another rate from now on. */
  set clockRate(rate: number) {
    this.parts.clock.rate = rate;
    // What waits for a time of this clock waits for another moment now.
    if (this.alive && !this.paused) this.totem.wake();
  }

  /** Dies; clients lose their connections and are not looked at any more. */
  crash(): void {
    this.alive = false;
    this.ringLog.end();
    for (const client of this.clients) client.depart();
    this.totem.stop();
    this.#waiting.clear();
    this.parts.sends.discard();
    this.world.network.detach(this);
  }

  /** Goes with a leave message. */
  leave(): void {
    this.totem.leave();
    this.crash();
  }

  packetArrived(packet: Packet, from: number): void {
    if (this.#packetMs > 0 || this.#waiting.length > 0 || this.#busy || this.paused) {
      this.world.counts.waited++;
      this.#waiting.add(packet, from);
      if (!this.paused) this.#work();
    } else this.#receive(packet, from);
  }

  readonly #receive = (packet: Packet, from: number): void => {
    if (!this.alive) return;
    const { checks } = this.ringLog;
    checks.receives(packet.span);
    this.totem.receive(packet.span, this.#names[from]!);
    checks.received();
  };

  /** Takes the next packet that waits, when the time it needs is over. */
  #work(): void {
    if (this.#busy || this.#waiting.length === 0) return;
    this.#busy = true;
    this.world.queue.after(this.#packetMs, () => {
      this.#busy = false;
      if (!this.alive || this.paused) return;
      this.#waiting.take(this.#receive);
      this.#work();
    });
  }

  #resume(): void {
    if (this.paused || !this.alive) return;
    this.totem.wake();
    if (this.#packetMs > 0) this.#work();
    else while (this.#waiting.take(this.#receive));
  }

  /** One wake-up is under way, the earliest; others are void when their time comes. */
  #wakeAt(atMs: number): void {
    if (atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    this.world.queue.schedule(atMs, { run: () => this.#wake(atMs) });
  }

  #wake(atMs: number): void {
    if (!this.alive || this.#wakeAtMs !== atMs) return;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    if (this.paused) this.#wakeAt(this.#pausedUntilMs);
    else this.totem.wake();
  }

  #turn(task: () => void): void {
    if (!this.alive) return;
    if (this.paused) {
      this.world.queue.schedule(this.#pausedUntilMs, { run: () => this.#turn(task) });
      return;
    }
    task();
    this.world.turned();
  }
}

function innerOf(totem: Totem): Inner {
  const observation = totem.observe();
  return {
    observation,
    get state() {
      return totem.state;
    },
  };
}
