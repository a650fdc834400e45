import type { ByteSpan } from "@corosync/codec";
import type { Member } from "./transport/transport.ts";
import { checkHeader, NODE_ID_AT, PacketType } from "./wire/header.ts";

/** Nodes that a ring can have (PROCESSOR_COUNT_MAX). */
const MEMBERS_MAX = 384;

/**
 * Finds out who is there and where, for clusters without a list of nodes: a node that looks for others
 * sends joins from its own address. Whoever can send a packet that the envelope opens can become a
 * member, as in Corosync 2.
 */
export class MemberDiscovery {
  private members: readonly Member[];

  /**
   * @param members what is known before; this node is among them
   * @param changed takes every new list
   */
  constructor(
    private readonly self: number,
    members: readonly Member[],
    private readonly changed: (members: readonly Member[]) => void,
  ) {
    this.members = members;
  }

  /** @param packet as it comes from the network, opened if it was sealed */
  heard(packet: ByteSpan, from: string): void {
    const { view, offset, length } = packet;
    if (checkHeader(view, offset, length) !== PacketType.join) return;
    const nodeId = view.getUint32(offset + NODE_ID_AT, true);
    if (nodeId === this.self || nodeId === 0) return;
    if (this.members.some((member) => member.nodeId === nodeId && member.address === from)) return;
    const others = this.members.filter((member) => member.nodeId !== nodeId && member.address !== from);
    // Another node at this node's own address is a fault that the ring reports.
    if (!others.some((member) => member.nodeId === this.self) || others.length >= MEMBERS_MAX) return;
    this.members = [...others, { nodeId, address: from }];
    this.changed(this.members);
  }
}
