import { isIP } from "node:net";
import type { Member } from "./transport.ts";

/**
 * A cluster is of one family of addresses, as its sockets are.
 * @param own address of this node
 * @throws RangeError naming the member that is not
 */
export function addressFamily(own: string, members: readonly Member[]): 4 | 6 {
  const family = isIP(own);
  if (family !== 4 && family !== 6) throw new RangeError(`this node has no numeric address: "${own}"`);
  const other = members.find(({ address }) => isIP(address) !== family);
  if (other) {
    const { nodeId, address } = other;
    throw new RangeError(`node ${nodeId} has "${address}", which is no IPv${family} address as ${own} is`);
  }
  return family;
}
