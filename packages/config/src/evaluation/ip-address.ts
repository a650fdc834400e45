/** Version of the internet protocol. */
export type IpFamily = "ipv4" | "ipv6";

/** An address, comparable by its bytes and written as inet_ntop writes it. */
export interface IpAddress {
  readonly family: IpFamily;
  readonly text: string;
  /** 4 or 16 bytes. */
  readonly bytes: Uint8Array;
}

const OCTET = /^(0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/**
 * Reads an address in numbers: four decimal octets, or IPv6 without a zone. Other forms that the
 * system's resolver takes ("10.1", "fe80::1%eth0") are left to it.
 */
export function parseIpAddress(text: string): IpAddress | null {
  const bytes = text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text);
  return bytes === null ? null : ipAddress(bytes);
}

/** An address from its bytes. @param bytes 4 or 16 of them */
export function ipAddress(bytes: Uint8Array): IpAddress {
  if (bytes.length === 4) return { family: "ipv4", text: bytes.join("."), bytes };
  return { family: "ipv6", text: ipv6Text(bytes), bytes };
}

export function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.bytes.every((byte, index) => byte === b.bytes[index]);
}

/** The IPv4 address in an IPv4-mapped one of IPv6 (`::ffff:192.0.2.1`), or null. */
export function mappedIpv4({ family, bytes }: IpAddress): IpAddress | null {
  const mapped =
    family === "ipv6" && bytes.subarray(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 0xff));
  return mapped ? ipAddress(bytes.subarray(12)) : null;
}

/** Whether two addresses are in the network that a mask defines, all of one family. */
export function sameNetwork(a: IpAddress, b: IpAddress, mask: IpAddress): boolean {
  if (a.family !== b.family || a.family !== mask.family) return false;
  return mask.bytes.every((bits, index) => ((a.bytes[index]! ^ b.bytes[index]!) & bits) === 0);
}

/** 127.0.0.0/8. */
export function isIpv4Loopback(address: IpAddress): boolean {
  return address.family === "ipv4" && address.bytes[0] === 127;
}

function ipv4Bytes(text: string): Uint8Array | null {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return null;
  return Uint8Array.from(octets, Number);
}

function ipv6Bytes(text: string): Uint8Array | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = groupBytes(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groupBytes(halves[1]!, true) : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return null;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** @param last whether dotted octets may stand at the end */
function groupBytes(text: string, last: boolean): number[] | null {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (last && index === groups.length - 1 && group.includes(".")) {
      const octets = ipv4Bytes(group);
      if (octets === null) return null;
      bytes.push(...octets);
    } else {
      if (!GROUP.test(group)) return null;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

function ipv6Text(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((bytes[at]! << 8) | bytes[at + 1]!);
  const gap = longestZeroRun(groups);
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0))
    return `::ffff:${bytes.subarray(12).join(".")}`;
  const hex = groups.map((group) => group.toString(16));
  if (gap.length < 2) return hex.join(":");
  return `${hex.slice(0, gap.start).join(":")}::${hex.slice(gap.start + gap.length).join(":")}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
    if (end > start) start = end;
  }
  return best;
}
