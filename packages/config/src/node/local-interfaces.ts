import { networkInterfaces } from "node:os";
import type { InterfaceAddress } from "../evaluation/environment.ts";
import { parseIpAddress } from "../evaluation/ip-address.ts";

/**
 * The addresses of this machine's interfaces, IPv4 first as the kernel lists them. Interfaces that are
 * down are not among them: Node does not show them.
 */
export function localInterfaces(): readonly InterfaceAddress[] {
  const found: InterfaceAddress[] = [];
  for (const [interfaceName, addresses] of Object.entries(networkInterfaces())) {
    for (const { address, netmask, internal } of addresses ?? []) {
      const own = parseIpAddress(address);
      const mask = parseIpAddress(netmask);
      if (own === null || mask === null) continue;
      found.push({ interfaceName, address: own, netmask: mask, loopback: internal, hostName: null });
    }
  }
  const ipv4 = found.filter(({ address }) => address.family === "ipv4");
  return [...ipv4, ...found.filter(({ address }) => address.family === "ipv6")];
}
