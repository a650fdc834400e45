import type { ClusterChecks } from "./cluster-checks.ts";
import type { Network } from "./network.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { type NodeWorld, SimulatedNode } from "./simulated-node.ts";
import type { Trace } from "./trace.ts";

/** What a cluster is put into. */
export interface ClusterSurroundings {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly checks: ClusterChecks;
  readonly trace: Trace;
  readonly random: SeededRandom;
  readonly nodeIds: readonly number[];
  readonly config: NodeWorld["config"];
  /** Clocks run by up to this part too fast or too slow. */
  readonly clockSkew: number;
}

/** The nodes, each in its present life, and what their disks keep from one life to the next. */
export class Cluster {
  readonly ids: readonly number[];
  readonly #nodes = new Map<number, SimulatedNode>();
  readonly #storedSequences = new Map<number, number>();
  readonly #world: NodeWorld;

  constructor(readonly surroundings: ClusterSurroundings) {
    this.ids = surroundings.nodeIds;
    this.#world = nodeWorld(surroundings);
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
    const { random, clockSkew } = this.surroundings;
    const skew = 1 + (random.next() * 2 - 1) * clockSkew;
    const node = new SimulatedNode(id, this.#world, skew, this.#storedSequences.get(id) ?? 0);
    this.#nodes.set(id, node);
    this.event(id, "start", 0, () => `ring sequence ${node.storedSequence}`);
    await node.start();
  }

  /** A node has died; starts it again unless something else did. */
  restart(node: SimulatedNode): void {
    const { scheduler } = this.surroundings;
    if (this.#nodes.get(node.nodeId) !== node) return;
    scheduler.settlePromises();
    this.start(node.nodeId).catch((error: unknown) => scheduler.fail(error));
  }

  /** The ring sequence that the next life of a node finds on its disk. */
  store(id: number, sequence: number): void {
    this.#storedSequences.set(id, sequence);
  }

  /** Whether all nodes are members of one ring and synchronized. */
  isOneRing(): boolean {
    const first = this.node(this.ids[0]!).totem;
    for (const { totem, executive } of this.#nodes.values()) {
      if (totem.state !== "operational" || executive.synchronizing) return false;
      if (totem.members.length !== this.ids.length) return false;
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
}

function nodeWorld({ scheduler, network, checks, trace, random, nodeIds, config }: ClusterSurroundings) {
  const event = (nodeId: number, kind: string, value: number, text: () => string): void =>
    trace.add(scheduler.nowMs, nodeId, kind, value, text);
  return {
    queue: scheduler.queue,
    network,
    random,
    nodeIds,
    config,
    observer: (nodeId: number) => checks.ringObserver(nodeId, event),
    clientWorld: (nodeId: number) => ({
      checker: checks.groups,
      event: (kind: string, value: number, text: () => string) => event(nodeId, kind, value, text),
      failed: (error: unknown) => scheduler.fail(error),
    }),
    packetSent: (bytes: Uint8Array) => checks.packetSent(bytes),
    turned: () => scheduler.settlePromises(),
    log: (nodeId: number, text: string) => event(nodeId, "log", 0, () => text),
  } satisfies NodeWorld;
}
