import { type IpAddress, type IpFamily, ipAddress } from "./ip-address.ts";

/**
 * The multicast address of a cluster that configures none (spec config 3.6).
 * @param clusterName one character a byte; C adds them up as signed chars
 */
export function automaticMulticastAddress(
  clusterName: string,
  linkNumber: number,
  family: IpFamily,
): IpAddress {
  let sum = 0;
  for (let at = 0; at < clusterName.length; at++) {
    sum = ((sum << 1) + ((clusterName.charCodeAt(at) << 24) >> 24)) | 0;
  }
  const id = ((sum & 0xffff) + linkNumber) & 0xffff;
  // C's "% 0xFF": 255 never comes out.
  if (family === "ipv4") return ipAddress(Uint8Array.of(239, 192, id >> 8, id % 0xff));
  const bytes = new Uint8Array(16);
  bytes.set([0xff, 0x15]);
  bytes.set([id >> 8, id & 0xff], 14);
  return ipAddress(bytes);
}

/** Whether an address is one for groups; of IPv6 C asks nothing. */
export function isMulticastAddress(address: IpAddress): boolean {
  return address.family === "ipv6" || (address.bytes[0]! & 0xf0) === 0xe0;
}
