import { isIP, isIPv6, SocketAddress } from "node:net";
import type { Member } from "./transport/transport.ts";
import { PROCESSOR_COUNT_MAX } from "./wire/join.ts";

/**
 * The members with addresses as the kernel writes them, which is how those of received packets come.
 * @throws RangeError when there are more than the protocol can name, ids are out of range or occur twice,
 *   or this node is not among them
 */
export function memberList(nodeId: number, members: readonly Member[]): readonly Member[] {
  if (members.length > PROCESSOR_COUNT_MAX) {
    throw new RangeError(`members: ${members.length} nodes, a ring has at most ${PROCESSOR_COUNT_MAX}`);
  }
  const ids = new Set(members.map((member) => member.nodeId));
  if (ids.size !== members.length) throw new RangeError("members: a node id occurs twice");
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 1 || id > 0xffffffff) {
      throw new RangeError(`members: node id ${id} is not a whole number from 1 to 4294967295`);
    }
  }
  if (!ids.has(nodeId)) throw new RangeError(`nodeId: ${nodeId} is not among the members`);
  return members.map((member) => ({ nodeId: member.nodeId, address: canonical(member.address) }));
}

/**
 * Refuses members that could not be told apart: packets come with an address and no name. What is no
 * address, as members of a memory network may have it, is not compared.
 * @throws RangeError naming the two nodes
 */
export function requireDistinctAddresses(members: readonly Member[]): void {
  const nodeIds = new Map<string, number>();
  for (const member of members) {
    if (isIP(member.address) === 0) continue;
    const address = canonical(member.address);
    const other = nodeIds.get(address);
    if (other !== undefined) {
      throw new RangeError(`members: nodes ${other} and ${member.nodeId} both have the address ${address}`);
    }
    nodeIds.set(address, member.nodeId);
  }
}

/** The list that follows another in a running ring. @throws RangeError as `memberList`, or when this node moves */
export function nextMemberList(
  nodeId: number,
  before: readonly Member[],
  members: readonly Member[],
): readonly Member[] {
  const next = memberList(nodeId, members);
  const own = (list: readonly Member[]) => list.find((member) => member.nodeId === nodeId)?.address;
  if (own(before) !== own(next)) {
    throw new RangeError(
      `members: this node can not move from ${own(before)} to ${own(next)} while its ring runs`,
    );
  }
  return next;
}

/** IPv6 addresses have many spellings. */
function canonical(address: string): string {
  if (!isIPv6(address)) return address;
  const [bare, zone] = address.split("%");
  const spelt = new SocketAddress({ address: bare!, family: "ipv6" }).address;
  return zone === undefined ? spelt : `${spelt}%${zone}`;
}
