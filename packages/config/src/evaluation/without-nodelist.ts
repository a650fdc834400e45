import type { ReadonlyConfigMap } from "../config-map.ts";
import { findBindAddress } from "./bind-address.ts";
import { type IpAddress, sameAddress } from "./ip-address.ts";
import type { Link, LinkMember } from "./link.ts";
import { nodeIdOfAddress } from "./node-id.ts";
import { type TotemDraft, totemError } from "./totem-draft.ts";

/** No host has an address from here on, which stands for an id until the member tells its own. */
const FIRST_PROVISIONAL_NODE_ID = 0xffff_0000;

/**
 * Whether a file is one of 2.x that 3.x refuses: no nodelist, but an interface section that says what
 * to bind. With udpu the section has to name the members as well; udp finds them.
 */
export function isWithoutNodelist(map: ReadonlyConfigMap): boolean {
  if (map.keysUnder("nodelist.").length > 0) return false;
  if (map.text("totem.interface.0.bindnetaddr") === undefined) return false;
  const transport = map.text("totem.transport") ?? "udp";
  if (transport === "udpu") return map.keysUnder("totem.interface.0.member.").length > 0;
  return transport === "udp";
}

/**
 * This node and its ring in a file without nodelist (spec config 6.2): the id is `totem.nodeid`, or
 * comes from the address that is bound; members are those that the interface section names.
 * @throws ConfigError of step "totem"
 */
export function readNodeWithoutNodelist(draft: TotemDraft): void {
  dropOtherRings(draft);
  const link = draft.link(0);
  const wanted = link.bindAddress;
  const bound = wanted === null ? null : findBindAddress(wanted, draft.environment.interfaces);
  if (bound === null) {
    throw totemError(`no address of this host is in the network of bindnetaddr '${wanted?.text ?? ""}'`);
  }
  draft.nodeId = nodeId(draft, bound);
  link.localAddress = bound;
  link.members = members(draft, link, bound);
}

function nodeId({ map }: TotemDraft, bound: IpAddress): number {
  const configured = map.number("totem.nodeid", "u32");
  if (configured) return configured;
  const automatic = nodeIdOfAddress(bound, map);
  if (automatic === null) throw totemError("An IPV6 network requires that a node ID be specified");
  return automatic;
}

/** This node first; the others with the ids that they have unless they were given others. */
function members({ map, nodeId }: TotemDraft, link: Link, bound: IpAddress): LinkMember[] {
  const others = link.members.filter(({ address }) => !sameAddress(address, bound));
  return [
    { nodeId, position: 0, address: bound },
    ...others.map(({ address }, index) => ({
      nodeId: nodeIdOfAddress(address, map) ?? FIRST_PROVISIONAL_NODE_ID + index,
      position: index + 1,
      address,
    })),
  ];
}

/** Redundant rings of 2.x: one ring is kept, as far as the file allows several at all. */
function dropOtherRings(draft: TotemDraft): void {
  const others = draft.configuredLinks.filter(({ linkNumber }) => linkNumber > 0);
  if (others.length === 0) return;
  const mode = draft.map.text("totem.rrp_mode") ?? "none";
  if (mode === "none") {
    throw totemError(
      `parse error in config: ${others.length + 1} is too many configured interfaces for the rrp_mode setting none.`,
    );
  }
  for (const link of others) link.configured = false;
  draft.warnings.add("otherRings");
}
