import { lookup, lookupService } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { displayText } from "../byte-text.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment, InterfaceAddress } from "../evaluation/environment.ts";
import { type IpAddress, parseIpAddress } from "../evaluation/ip-address.ts";
import { findLocalNode, localNodeCandidates } from "../evaluation/local-node.ts";
import { namesToResolve } from "../evaluation/name-resolution.ts";

/** Asks for names of addresses and addresses of names. Neither throws: no answer is an answer. */
export interface NameService {
  /** In the order of the system's resolver. */
  addresses(name: string): Promise<readonly IpAddress[]>;
  /** The name of an address; null when it has none. */
  hostName(address: IpAddress): Promise<string | null>;
}

export const systemNameService: NameService = {
  async addresses(name) {
    if (name === "") return [];
    try {
      const answers = name.includes("%")
        ? zoneAddress(name)
        : await lookup(name, { all: true, verbatim: true });
      return answers.map(({ address }) => parseIpAddress(address)).filter((address) => address !== null);
    } catch {
      return [];
    }
  },
  async hostName(address) {
    try {
      return (await lookupService(address.text, 0)).hostname;
    } catch {
      return null;
    }
  },
};

/**
 * An IPv6 address with a zone, as the system's resolver takes it: the name of an interface with
 * addresses of link scope, a number with all. The zone itself is not kept, as in C.
 */
function zoneAddress(text: string): { readonly address: string }[] {
  const [address = "", zone = "", ...more] = text.split("%");
  const linkScope = /^f(e[89ab]|f[0-9a-f]2)/i.test(address);
  const known = /^[0-9]+$/.test(zone) || (linkScope && zone in networkInterfaces());
  return known && more.length === 0 ? [{ address }] : [];
}

/**
 * Asks for everything that evaluation will want to know, so that evaluation itself need not wait
 * (spec config 18.2). Names that could tell which node this is are looked up only when nothing
 * simpler tells it.
 * @returns the environment, completed with the answers
 */
export async function resolveNames(
  map: ReadonlyConfigMap,
  environment: ConfigEnvironment,
  service: NameService,
): Promise<ConfigEnvironment> {
  const names = namesToResolve(map);
  let { interfaces } = environment;
  const alone = { ...environment, resolve: () => [] };
  if (map.keysUnder("nodelist.node.").length > 0 && findLocalNode(map, alone) === null) {
    for (const { text } of localNodeCandidates(map)) names.add(displayText(text));
    interfaces = await Promise.all(
      interfaces.map(async (own): Promise<InterfaceAddress> => {
        return { ...own, hostName: await service.hostName(own.address) };
      }),
    );
  }
  const answers = new Map(
    await Promise.all([...names].map(async (name) => [name, await service.addresses(name)] as const)),
  );
  return { ...environment, interfaces, resolve: (name) => answers.get(name) ?? [] };
}
