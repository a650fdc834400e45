import type { Cluster } from "./cluster.ts";
import { describeFault, type Fault } from "./fault-schedule.ts";
import type { Profile } from "./profile.ts";
import type { SimulatedNode } from "./simulated-node.ts";

/** Does to a cluster what a schedule says. */
export class FaultInjector {
  #ended = false;

  constructor(
    readonly cluster: Cluster,
    readonly profile: Profile,
  ) {}

  start(faults: readonly Fault[]): void {
    const { queue } = this.cluster.surroundings.scheduler;
    for (const fault of faults) queue.schedule(fault.atMs, () => this.#apply(fault));
  }

  /** Nothing happens from now on, and what was to end by itself is left as it is. */
  end(): void {
    this.#ended = true;
  }

  #apply(fault: Fault): void {
    if (this.#ended) return;
    const { cluster } = this;
    const { network, scheduler } = cluster.surroundings;
    cluster.event(0, "fault", 0, () => describeFault(fault));
    switch (fault.kind) {
      case "partition":
        network.split([fault.side, cluster.ids.filter((id) => !fault.side.includes(id))]);
        break;
      case "scatter":
        network.split(cluster.ids.map((id) => [id]));
        break;
      case "heal":
        network.split(null);
        break;
      case "cut":
        network.cut(fault.from, fault.to, scheduler.nowMs + fault.forMs);
        break;
      case "loss":
        network.loss = fault.loss;
        this.#later(fault.forMs, () => {
          network.loss = this.profile.loss;
        });
        break;
      default:
        this.#applyToNode(fault, cluster.node(fault.node));
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
      this.cluster.store(node.nodeId, forgets ? 0 : node.storedSequence);
      this.#later(fault.forMs, () => this.cluster.restart(node));
    }
  }

  #later(ms: number, work: () => void): void {
    const { queue } = this.cluster.surroundings.scheduler;
    queue.schedule(queue.nowMs + ms, () => {
      if (!this.#ended) work();
    });
  }
}
