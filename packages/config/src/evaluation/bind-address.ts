import type { InterfaceAddress } from "./environment.ts";
import { type IpAddress, isIpv4Loopback, sameAddress, sameNetwork } from "./ip-address.ts";

/**
 * The local address that udp and udpu bind for a configured one: the address itself when an interface
 * has it, else that of the first interface in whose network it is (spec config 3.7). An address of
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
  return covering.loopback && isIpv4Loopback(wanted) ? wanted : covering.address;
}
