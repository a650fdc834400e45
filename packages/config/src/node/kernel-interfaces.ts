import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { InterfaceAddress } from "../evaluation/environment.ts";
import { ipAddress, parseIpAddress } from "../evaluation/ip-address.ts";

const LIMIT_MS = 2_000;

/**
 * The addresses of all interfaces, those that are down included, as `ip` lists them: in the kernel's order,
 * IPv4 first. Node itself shows only what is up (spec config 18.2).
 * @returns null where there is no such program
 */
export async function kernelInterfaces(program = "ip"): Promise<readonly InterfaceAddress[] | null> {
  try {
    const { stdout } = await promisify(execFile)(program, ["-j", "addr"], { timeout: LIMIT_MS });
    return parseInterfaces(JSON.parse(stdout));
  } catch {
    // Not there, too old for JSON, or not permitted: what is up has to do.
    return null;
  }
}

/** Reads what `ip -j addr` prints; what is not understood is left out. */
export function parseInterfaces(listing: unknown): readonly InterfaceAddress[] {
  const found = list(listing).flatMap((link) => {
    const interfaceName = String(link["ifname"] ?? "");
    const loopback = Array.isArray(link["flags"]) && link["flags"].includes("LOOPBACK");
    return list(link["addr_info"]).flatMap((entry): InterfaceAddress[] => {
      const address = typeof entry["local"] === "string" ? parseIpAddress(entry["local"]) : null;
      const prefix = entry["prefixlen"];
      if (address === null || typeof prefix !== "number") return [];
      const netmask = ipAddress(prefixMask(address.bytes.length, prefix));
      return [{ interfaceName, address, netmask, loopback, hostName: null }];
    });
  });
  const ipv4 = found.filter(({ address }) => address.family === "ipv4");
  return [...ipv4, ...found.filter(({ address }) => address.family === "ipv6")];
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
}

function prefixMask(lengthBytes: number, prefix: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    return 0xff & (0xff << (8 - bits));
  });
}
