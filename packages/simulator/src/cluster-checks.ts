import type { ByteSpan } from "@corosync/codec";
import { hashView } from "./byte-hash.ts";
import { GroupChecker } from "./group-checker.ts";
import { RingChecker } from "./ring-checker.ts";
import type { RingObserver } from "./ring-log.ts";
import type { SimulatedNode } from "./simulated-node.ts";
import { Violation } from "./violation.ts";

/** Takes down an event of a node. */
type Event = (nodeId: number, kind: string, value: number, text: () => string) => void;

/** All checkers of a run, and where they get from what they check. */
export class ClusterChecks {
  readonly groups = new GroupChecker();
  readonly #rings = new RingChecker();
  deliveries = 0;
  /** Regular configurations that nodes installed. */
  configurations = 0;

  ringObserver(nodeId: number, event: Event): RingObserver {
    const rings = this.#rings;
    return {
      sent: (hash) => rings.sent(nodeId, hash),
      delivered: (from, hash) => {
        this.deliveries++;
        rings.delivered(nodeId, from, hash);
      },
      changed: ({ kind, ringId, members }) =>
        event(nodeId, kind, ringId.sequence, () => `ring ${ringId.sequence}: ${members.join(" ")}`),
      regular: (change) => {
        this.configurations++;
        rings.regular(nodeId, change);
      },
      stretchEnded: (stretch) => rings.stretchEnded(nodeId, stretch),
    };
  }

  /** Offsets of spec totem 2.4, written out here: the checker shares no code with the ring. */
  packetSent({ view, length }: ByteSpan): void {
    if (view.getUint8(4) !== 2) return;
    const ring = `${view.getUint32(25, true)}.${view.getUint32(29, true)}`;
    this.#rings.packet(ring, view.getUint32(17, true), hashView(view, 45, length - 45));
  }

  /** All nodes are in one ring and nothing is under way. */
  atRest(nodes: readonly SimulatedNode[]): void {
    this.#rings.atRest(nodes.map(({ nodeId, ringLog }) => ({ nodeId, stretch: ringLog.current! })));
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
}
