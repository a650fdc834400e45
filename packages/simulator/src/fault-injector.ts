import type { Cluster } from "./cluster.ts";
import { describeFault, type Fault } from "./fault.ts";
import type { SimulatedNode } from "./simulated-node.ts";

type NodeFault = Extract<Fault, { node: number }>;

/** Does to a cluster what a schedule says. */
export class FaultInjector {
  #ended = false;

  constructor(readonly cluster: Cluster) {}

  start(faults: readonly Fault[]): void {
    const { queue } = this.cluster.surroundings.scheduler;
    for (const fault of faults) queue.schedule(fault.atMs, { run: () => this.#apply(fault) });
  }

  /** Nothing happens from now on, and what was to end by itself is left as it is. */
  end(): void {
    this.#ended = true;
  }

  #apply(fault: Fault): void {
    if (this.#ended) return;
    const { network, counts } = this.cluster.surroundings;
    this.cluster.event(0, "fault", 0, () => describeFault(fault));
    counts.faults[fault.kind] = (counts.faults[fault.kind] ?? 0) + 1;
    switch (fault.kind) {
      case "partition":
        this.#later(fault.forMs, network.separation.split(fault.sides));
        break;
      case "cut":
        this.#later(fault.forMs, network.separation.cut(fault.from, fault.to));
        break;
      case "network":
        this.#changeNetwork(fault);
        break;
      default:
        this.#applyToNode(fault, this.cluster.node(fault.node));
    }
  }

  /** A later spell takes the place of this one, and is not ended by its end. */
  #changeNetwork({ kind: _kind, atMs: _at, forMs, ...changed }: Extract<Fault, { kind: "network" }>): void {
    const { network, profile } = this.cluster.surroundings;
    const conditions = { ...profile, ...changed };
    network.conditions = conditions;
    this.#later(forMs, () => {
      if (network.conditions === conditions) network.conditions = profile;
    });
  }

  #applyToNode(fault: NodeFault, node: SimulatedNode): void {
    if (!node.alive) return;
    switch (fault.kind) {
      case "pause":
        node.pause(fault.forMs);
        break;
      case "slow":
        node.packetMs = fault.packetMs;
        this.#later(fault.forMs, () => {
          node.packetMs = this.cluster.surroundings.profile.packetMs;
        });
        break;
      case "clock": {
        const { rate } = node.parts.clock;
        node.clockRate = fault.rate;
        this.#later(fault.forMs, () => {
          node.clockRate = rate;
        });
        break;
      }
      case "full":
        node.parts.sends.fill(fault.forMs, fault.refuses);
        break;
      default:
        // Who is stopped can not say good-bye.
        if (fault.kind === "leave" && !node.paused) node.leave();
        else node.crash();
        this.cluster.keepDisk(node, fault.kind === "crash" && fault.forgets);
        this.#later(fault.forMs, () => this.cluster.restart(node));
    }
  }

  #later(ms: number, work: () => void): void {
    this.cluster.surroundings.scheduler.queue.after(ms, () => {
      if (!this.#ended) work();
    });
  }
}
