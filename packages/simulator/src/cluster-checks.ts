import type { ConfigurationChange } from "@corosync/totem";
import { GroupChecker } from "./group-checker.ts";
import { ClusterRingChecks, type RingChecks } from "./ring-checks.ts";
import type { SimulatedNode } from "./simulated-node.ts";
import type { TokenLimits } from "./token-checker.ts";
import { Violation } from "./violation.ts";

/** Takes down an event of a node. */
type Event = (nodeId: number, kind: string, value: number, text: () => string) => void;

/** All checkers of a run, and where they get from what they check. */
export class ClusterChecks {
  readonly groups = new GroupChecker();
  readonly rings: ClusterRingChecks;
  deliveries = 0;
  /** Regular configurations that nodes installed. */
  configurations = 0;

  constructor(limits: TokenLimits, nodeCount: number) {
    this.rings = new ClusterRingChecks(limits, nodeCount);
  }

  /** A life of a node begins. */
  begin(nodeId: number, storedSequence: number, event: Event): RingChecks {
    const checks = this.rings.begin(nodeId, storedSequence);
    checks.onDelivery = () => this.deliveries++;
    checks.onChange = ({ kind, ringId, members }: ConfigurationChange) => {
      if (kind === "regular") this.configurations++;
      event(nodeId, kind, ringId.sequence, () => `ring ${ringId.sequence}: ${members.join(" ")}`);
    };
    return checks;
  }

  /** All nodes are in one ring and nothing is under way. */
  atRest(nodes: readonly SimulatedNode[]): void {
    for (const { ringLog } of nodes) ringLog.checks.atRest();
    this.#checkEngines(nodes);
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

  /** CPG engines hold what there is, and nothing of what was. */
  #checkEngines(nodes: readonly SimulatedNode[]): void {
    const living = nodes.flatMap((node) => node.clients).filter(({ gone }) => !gone);
    for (const { nodeId, services, clients } of nodes) {
      const { sizes } = services.cpg;
      const expected = {
        connections: clients.filter(({ gone }) => !gone).length,
        processes: living.length,
        groups: new Set(living.map(({ groupName }) => groupName)).size,
        joinlist: 0,
        departures: 0,
      };
      for (const [name, count] of Object.entries(expected))
        if (sizes[name as keyof typeof expected] !== count)
          throw new Violation(
            "memory",
            `node ${nodeId}: CPG holds ${sizes[name as keyof typeof expected]} ${name}, should be ${count}`,
          );
    }
  }
}
