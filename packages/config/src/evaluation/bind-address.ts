import type { InterfaceAddress } from "./environment.ts";
import { type IpAddress, isIpv4Loopback, sameAddress, sameNetwork } from "./ip-address.ts";

/**
 * The local address that udp and udpu bind for a configured one: the address itself when an interface
 * has it, else that of the first interface in whose network it is (spec config 3.7). A host's address in
 * 127.0.0.0/8 is bound as it is when the loopback interface covers it, so that several nodes can live
 * on one machine; C would bind 127.0.0.1 for all of them.
 * @returns null when there is none: the interface is "down"
 */
export function findBindAddress(
  wanted: IpAddress,
  interfaces: readonly InterfaceAddress[],
): IpAddress | null {
  const exact = interfaces.find(({ address }) => sameAddress(address, wanted));
  if (exact !== undefined) return exact.address;
  const covering = interfaces.find(({ address, netmask }) => sameNetwork(address, wanted, netmask));
  if (covering === undefined) return null;
  const { address, netmask, loopback } = covering;
  return loopback && isIpv4Loopback(wanted) && !isNetwork(wanted, netmask) ? wanted : address;
}

/** Whether no bit beyond the netmask is set: the address of the network, which no host has. */
function isNetwork({ bytes }: IpAddress, netmask: IpAddress): boolean {
  return bytes.every((byte, index) => (byte & ~netmask.bytes[index]!) === 0);
}
