import { isIPv6 } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

/** The local address that a transport is bound to, as sockets want it. */
export interface LocalEnd {
  readonly type: "udp4" | "udp6";
  /** In numbers; a link-local address of IPv6 with its zone. */
  readonly address: string;
  /** What selects the interface for multicast: its address, or of IPv6 its zone. */
  readonly multicastInterface: string;
  /** An address to send to: of IPv6, one of link-local scope gets the zone of this end. */
  zoned(address: string): string;
}

/** @param interfaces the machine's, as `networkInterfaces` of node:os tells them */
export function localEnd(
  address: string,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): LocalEnd {
  if (!isIPv6(address)) {
    return { type: "udp4", address, multicastInterface: address, zoned: (other) => other };
  }
  const bare = withoutZone(address);
  const owner = Object.entries(interfaces).find(([, addresses]) =>
    addresses?.some((candidate) => candidate.address === bare),
  );
  const zone = owner === undefined ? "" : `%${owner[0]}`;
  const zoned = (other: string): string =>
    hasLinkScope(other) && !other.includes("%") ? other + zone : other;
  return { type: "udp6", address: zoned(address), multicastInterface: `::${zone}`, zoned };
}

/** The address as the configuration has it: the kernel shows link-local addresses with their zone. */
export function withoutZone(address: string): string {
  const end = address.indexOf("%");
  return end < 0 ? address : address.slice(0, end);
}

/** fe80::/10, and groups of interface-local and link-local scope (RFC 4291). */
function hasLinkScope(address: string): boolean {
  return /^(fe[89ab][0-9a-f]|ff[0-9a-f][12]):/i.test(address);
}
