import { displayText } from "../byte-text.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { type IpAddress, mappedIpv4, parseIpAddress } from "./ip-address.ts";
import { nodeKeys } from "./node-keys.ts";

/** Which families a name is resolved to, and which comes first (`totem.ip_version`). */
export type IpVersion = "ipv4" | "ipv6" | "ipv4-6" | "ipv6-4";

/** The addresses of a name or number of the configuration, in the resolver's order. */
export function allAddresses(text: string, environment: ConfigEnvironment): readonly IpAddress[] {
  const numeric = parseIpAddress(text);
  return numeric === null ? environment.resolve(displayText(text)) : [numeric];
}

/** The address that totem takes for a name or number (spec config 3.3); null when there is none. */
export function resolveAddress(
  text: string,
  version: IpVersion,
  environment: ConfigEnvironment,
): IpAddress | null {
  const answers = allAddresses(text, environment);
  // Asked for IPv4 alone, the resolver takes an IPv4 address in the clothes of IPv6 for what it is.
  if (version === "ipv4" && answers[0] !== undefined) {
    const inner = mappedIpv4(answers[0]);
    if (inner !== null) return inner;
  }
  const first = version.startsWith("ipv4") ? "ipv4" : "ipv6";
  const preferred = answers.find(({ family }) => family === first);
  if (preferred !== undefined) return preferred;
  const onlyFirst = version === "ipv4" || version === "ipv6";
  return onlyFirst ? null : (answers[0] ?? null);
}

/** The names that evaluation will ask the resolver for, as the resolver wants them. */
export function namesToResolve(map: ReadonlyConfigMap): Set<string> {
  const names = new Set<string>();
  const add = (key: string): void => {
    const text = map.text(key);
    if (text !== undefined && parseIpAddress(text) === null) names.add(displayText(text));
  };
  for (const { key, position, name } of nodeKeys(map)) {
    if (/^ring[0-9]+_addr$/.test(name)) add(key);
    // A node's name stands for the address that it lacks.
    if (name === "name" && map.text(`nodelist.node.${position}.ring0_addr`) === undefined) add(key);
  }
  for (const key of map.keysUnder("totem.interface.")) {
    if (/\.(bindnetaddr|mcastaddr|member\.[0-9]+)$/.test(key)) add(key);
  }
  return names;
}
