import { ByteSpan } from "@corosync/codec";
import { createCpgEngine } from "@corosync/cpg";
import { createExecutive, type Executive } from "@corosync/executive";
import { type EventLoop, type MemoryCarrier, memoryCarrier } from "@corosync/ipc";
import { Totem, type TotemConfig } from "@corosync/totem";
import type { EventQueue } from "./event-queue.ts";
import type { Network, Receiver } from "./network.ts";
import { RingLog, type RingObserver } from "./ring-log.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { type ClientWorld, SimulatedClient } from "./simulated-client.ts";

/** Packets that wait while a node is stopped: about what a socket's buffer holds. */
const WAITING_PACKETS_MAX = 3000;

export interface NodeWorld {
  readonly queue: EventQueue;
  readonly network: Network;
  readonly random: SeededRandom;
  readonly nodeIds: readonly number[];
  readonly config: TotemConfig;
  observer(nodeId: number): RingObserver;
  clientWorld(nodeId: number): ClientWorld;
  packetSent(bytes: Uint8Array): void;
  /** Something settled promises: they run before the next event. */
  turned(): void;
  log(nodeId: number, text: string): void;
}

/** One life of a node: ring, executive, CPG engine and clients, the classes of the daemon. */
export class SimulatedNode implements Receiver {
  readonly totem: Totem;
  readonly executive: Executive;
  readonly ringLog: RingLog;
  readonly clients: SimulatedClient[] = [];
  alive = true;
  storedSequence: number;
  /** Milliseconds that each packet keeps this node busy. */
  packetMs = 0;
  #busyUntilMs = 0;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #pausedUntilMs = 0;
  #waiting: { bytes: Uint8Array; from: number }[] = [];
  #carrier: MemoryCarrier | null = null;
  readonly #loop: EventLoop;

  /** @param clockRate how fast this node's clock runs, 1 is right */
  constructor(
    readonly nodeId: number,
    readonly world: NodeWorld,
    readonly clockRate: number,
    storedSequence: number,
  ) {
    this.storedSequence = storedSequence;
    const { queue, network, random, nodeIds } = world;
    const others = nodeIds.filter((id) => id !== nodeId);
    const now = (): number => queue.nowMs * clockRate;
    this.ringLog = new RingLog(nodeId, storedSequence, world.observer(nodeId));
    this.totem = new Totem(nodeId, world.config, {
      now,
      multicast: (batch) => {
        for (let i = 0; i < batch.count; i++) {
          const at = batch.offsets[i]!;
          const packet = batch.bytes.slice(at, at + batch.lengths[i]!);
          world.packetSent(packet);
          for (const other of others) network.send(nodeId, other, packet);
        }
      },
      multicastControl: (packet) => {
        const copy = packet.slice();
        for (const id of nodeIds) network.send(nodeId, id, copy);
      },
      sendToken: (target, token, length) => {
        if (!nodeIds.includes(target)) return false;
        network.send(nodeId, target, token.slice(0, length));
        return true;
      },
      // A little later, so that rounding never makes a wake-up come too early, again and again.
      wakeAt: (deadlineMs) => this.#wakeAt(deadlineMs / clockRate + 0.001),
      persistRingSequence: (sequence) => {
        this.storedSequence = sequence;
      },
      discardPending: () => {
        this.#waiting = [];
      },
      random: (limit) => random.below(limit),
      log: (level, text) => {
        if (level !== "debug" && level !== "trace") world.log(nodeId, text);
      },
      malformed: () => undefined,
    });
    this.#loop = {
      schedule: (task) => queue.schedule(queue.nowMs, () => this.#turn(task)),
      setTimer: (delayMs, task) => {
        let cancelled = false;
        queue.schedule(queue.nowMs + delayMs / clockRate, () => {
          if (!cancelled) this.#turn(task);
        });
        return () => {
          cancelled = true;
        };
      },
    };
    this.executive = createExecutive({
      totem: this.ringLog.watch(this.totem.groups),
      services: [createCpgEngine()],
      log: (subsystem, level, text) => {
        if (level === "warning" || level === "error") world.log(nodeId, `${subsystem}: ${text}`);
      },
      random: () => random.below(0x1_0000_0000),
      nowMs: now,
    });
    network.nodes.set(nodeId, this);
  }

  async start(): Promise<void> {
    let connections = 1;
    await this.executive.serve((_service, handler) => {
      this.#carrier = memoryCarrier(handler, {
        loop: this.#loop,
        nextConnectionId: () => connections++,
      });
      return this.#carrier.server;
    });
    this.totem.start(this.storedSequence);
  }

  connect(pid: number, group: string): void {
    const client = new SimulatedClient(
      this.nodeId,
      pid,
      group,
      this.world.clientWorld(this.nodeId),
      this.ringLog,
    );
    this.clients.push(client);
    client.start(this.#carrier!.connect());
  }

  pause(forMs: number): void {
    const { queue } = this.world;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, queue.nowMs + forMs);
    queue.schedule(this.#pausedUntilMs, () => this.#resume());
  }

  get paused(): boolean {
    return this.world.queue.nowMs < this.#pausedUntilMs;
  }

  /** Dies; clients lose their connections and are not looked at any more. */
  crash(): void {
    this.alive = false;
    for (const client of this.clients) client.gone = true;
    this.totem.stop();
    this.world.network.nodes.delete(this.nodeId);
  }

  /** Goes with a leave message. */
  leave(): void {
    this.totem.leave();
    this.crash();
  }

  packetArrived(bytes: Uint8Array, from: number): void {
    if (!this.alive) return;
    if (this.paused || this.#waiting.length > 0) {
      if (this.#waiting.length < WAITING_PACKETS_MAX) this.#waiting.push({ bytes, from });
      return;
    }
    const { queue } = this.world;
    if (this.packetMs > 0 || this.#busyUntilMs > queue.nowMs) {
      this.#busyUntilMs = Math.max(this.#busyUntilMs, queue.nowMs) + this.packetMs;
      if (this.#busyUntilMs > queue.nowMs + 2000) this.#busyUntilMs = queue.nowMs + 2000;
      queue.schedule(this.#busyUntilMs, () => this.#receive(bytes, from));
    } else this.#receive(bytes, from);
  }

  #receive(bytes: Uint8Array, from: number): void {
    if (!this.alive) return;
    this.totem.receive(new ByteSpan(bytes), `node ${from}`);
  }

  #resume(): void {
    if (this.paused || !this.alive) return;
    this.totem.wake();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      this.#receive(next.bytes, next.from);
  }

  /** One wake-up is under way, the earliest; others are void when their time comes. */
  #wakeAt(atMs: number): void {
    if (atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    this.world.queue.schedule(atMs, () => {
      if (!this.alive || this.#wakeAtMs !== atMs) return;
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      if (this.paused) this.#wakeAt(this.#pausedUntilMs);
      else this.totem.wake();
    });
  }

  #turn(task: () => void): void {
    if (!this.alive) return;
    if (this.paused) {
      this.world.queue.schedule(this.#pausedUntilMs, () => this.#turn(task));
      return;
    }
    task();
    this.world.turned();
  }
}
