import type { ClusterChecks } from "./cluster-checks.ts";
import type { Counts } from "./counts.ts";
import type { Network } from "./network.ts";
import { NodeClock } from "./node-clock.ts";
import type { Profile } from "./profile.ts";
import type { Scheduler } from "./scheduler.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SendQueue } from "./send-queue.ts";
import { type NodeWorld, SimulatedNode } from "./simulated-node.ts";
import type { Trace } from "./trace.ts";

/** For how long after its end messages of a process may arrive. */
const LATE_MESSAGES_MS = 600_000;

/** What a cluster is put into. */
export interface ClusterSurroundings {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly checks: ClusterChecks;
  readonly trace: Trace;
  readonly counts: Counts;
  readonly nodeIds: readonly number[];
  readonly config: NodeWorld["config"];
  readonly profile: Profile;
  /** Ring sequence on the disk of a node that never lived. */
  readonly firstRingSequence: number;
}

/** The nodes, each in its present life, and what their disks keep from one life to the next. */
export class Cluster {
  readonly ids: readonly number[];
  readonly #nodes = new Map<number, SimulatedNode>();
  readonly #storedSequences = new Map<number, number>();
  readonly #world: NodeWorld;
  #lives = 0;

  constructor(readonly surroundings: ClusterSurroundings) {
    this.ids = surroundings.nodeIds;
    this.#world = this.#makeWorld();
  }

  /** All nodes, dead ones as they died. */
  get nodes(): SimulatedNode[] {
    return [...this.#nodes.values()];
  }

  node(id: number): SimulatedNode {
    return this.#nodes.get(id)!;
  }

  /** Begins a life of a node. */
  async start(id: number): Promise<void> {
    const { seed, profile, network, counts, scheduler, firstRingSequence } = this.surroundings;
    // A source for each life: what happens to one does not change what another draws.
    const random = new SeededRandom(Math.imul(seed ^ (id << 16) ^ this.#lives++, 0x9e3779b1));
    const rate = 1 + (random.next() * 2 - 1) * profile.clockSkew;
    const offsetMs = random.next() * profile.clockOffsetMs;
    if (rate !== 1 || offsetMs !== 0) counts.wrongClocks++;
    const node = new SimulatedNode(id, this.#world, {
      clock: new NodeClock(scheduler.queue, rate, offsetMs),
      sends: new SendQueue(id, network, random, profile.sendFailures, counts),
      random,
      asC: id <= profile.cNodes,
      storedSequence: this.#storedSequences.get(id) ?? firstRingSequence,
    });
    node.packetMs = profile.packetMs;
    this.#nodes.set(id, node);
    this.event(id, "start", node.storedSequence, () => `ring sequence ${node.storedSequence}`);
    await node.start();
  }

  /** A node has died; starts it again unless something else did. */
  restart(node: SimulatedNode): void {
    const { scheduler, counts } = this.surroundings;
    if (this.#nodes.get(node.nodeId) !== node) return;
    counts.restarts++;
    scheduler.settlePromises();
    this.start(node.nodeId).catch((error: unknown) => scheduler.fail(error));
  }

  /** What the next life of a node finds on its disk: the ring sequence of this one, or nothing. */
  keepDisk(node: SimulatedNode, forgets: boolean): void {
    if (forgets) this.surroundings.counts.amnesias++;
    this.#storedSequences.set(node.nodeId, forgets ? 0 : node.storedSequence);
  }

  /** Whether these nodes, and no others, are members of one ring and synchronized. */
  isOneRing(ids: readonly number[] = this.ids): boolean {
    const first = this.node(ids[0]!).totem;
    for (const id of ids) {
      const { totem, executive, alive } = this.node(id);
      if (!alive || totem.state !== "operational" || executive.synchronizing) return false;
      if (totem.members.join() !== ids.join()) return false;
      if (totem.ringId.sequence !== first.ringId.sequence) return false;
    }
    return true;
  }

  /** For messages: the state and the ring of each node. */
  describeStates(): string {
    return this.nodes
      .map(({ nodeId, totem, executive }) => {
        const phase = executive.synchronizing ? " synchronizing" : "";
        return `${nodeId} ${totem.state}${phase} in ${totem.members.join("+")}`;
      })
      .join(", ");
  }

  /** Takes down an event of a node; 0 is the cluster. */
  event(nodeId: number, kind: string, value: number, text: () => string): void {
    const { trace, scheduler } = this.surroundings;
    trace.add(scheduler.nowMs, nodeId, kind, value, text);
  }

  #makeWorld(): NodeWorld {
    const { scheduler, network, checks, counts, nodeIds, config } = this.surroundings;
    const sentCounts = new Map<string, number>();
    return {
      queue: scheduler.queue,
      network,
      counts,
      nodeIds,
      config,
      checks: (nodeId, storedSequence) =>
        checks.begin(nodeId, storedSequence, (...event) => this.event(...event)),
      clientWorld: (nodeId) => ({
        checker: checks.groups,
        counts,
        sentCounts,
        event: (kind, value, text) => this.event(nodeId, kind, value, text),
        failed: (error) => scheduler.fail(error),
        departed: (name) => scheduler.queue.after(LATE_MESSAGES_MS, () => sentCounts.delete(name)),
      }),
      turned: () => scheduler.settlePromises(),
      log: (nodeId, text) => this.event(nodeId, "log", 0, () => text),
    };
  }
}
