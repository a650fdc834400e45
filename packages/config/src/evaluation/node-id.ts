import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "./environment.ts";
import type { IpAddress } from "./ip-address.ts";
import { resolveAddress } from "./name-resolution.ts";

/**
 * The node id that udp and udpu derive from a node's first address: its IPv4 address as a big-endian
 * number (spec config 3.5).
 * @returns null without an IPv4 address
 */
export function automaticNodeId(
  address: string | undefined,
  map: ReadonlyConfigMap,
  environment: ConfigEnvironment,
): number | null {
  const resolved = address === undefined ? null : resolveAddress(address, "ipv4", environment);
  if (resolved === null) return null;
  return nodeIdOfAddress(resolved, map);
}

/** The node id that comes from an IPv4 address; null for IPv6. */
export function nodeIdOfAddress({ family, bytes }: IpAddress, map: ReadonlyConfigMap): number | null {
  if (family !== "ipv4") return null;
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const clearHighBit = map.text("totem.clear_node_high_bit") === "yes";
  const high = clearHighBit ? a & 0x7f : a;
  const nodeId = ((high << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return nodeId === 0xffff_ffff ? null : nodeId;
}
