import { displayText } from "../byte-text.ts";
import { ConfigError } from "../config-error.ts";
import type { ConfigMap } from "../config-map.ts";
import type { Link } from "./link.ts";
import { isMulticastAddress } from "./multicast-address.ts";
import { nodePositions } from "./node-keys.ts";
import type { TotemDraft } from "./totem-draft.ts";
import type { TotemConfig } from "./totem-timers.ts";

const MIN_TIMEOUT_MS = 30;
const MIN_HOLD_MS = 14;

/**
 * Checks totem's configuration in the order of the C daemon (spec config 3.8), except that udp and
 * udpu may be encrypted.
 * @throws ConfigError of step "validation": the first check that fails
 */
export function validateTotem(draft: TotemDraft, totem: TotemConfig): void {
  const { map, configuredLinks, transport, withoutNodelist } = draft;
  if (configuredLinks.length === 0) throw refusal("No interfaces defined");
  if (!withoutNodelist && map.number("nodelist.local_node_pos", "u32") === undefined) {
    throw refusal("No valid name found for local host");
  }
  for (const link of configuredLinks) {
    const fault = linkFault(draft, link);
    if (fault !== null) throw refusal(`${fault} for interface ${link.linkNumber}`);
  }
  if (map.number("totem.version", "u32") !== 2) {
    throw refusal("This totem parser can only parse version 2 configurations.");
  }
  const fault = timerFault(map, totem) ?? membershipFault(map, configuredLinks);
  if (fault !== null) throw refusal(fault);
  rejectRepeatedNodeIds(map);
  rejectLinkMode(map);
  if (transport !== "knet" && configuredLinks.length > 1) {
    throw refusal(`${configuredLinks.length} is too many configured interfaces for non-Knet transport.`);
  }
}

function refusal(reason: string): ConfigError {
  return new ConfigError("validation", `parse error in config: ${reason}`);
}

function linkFault({ transport, nodeId, broadcast }: TotemDraft, link: Link): string | null {
  const { multicastAddress, bindAddress } = link;
  if (transport === "udp" && multicastAddress === null) return "No multicast address specified";
  if (link.port === 0) return "No multicast port specified";
  if (transport !== "udp" && link.ttl !== 1) return "Can only set ttl on multicast transport types";
  if (transport !== "knet" && link.priority !== 1) return "Can only set link priority on knet transport type";
  if (multicastAddress?.family === "ipv6" && nodeId === 0) {
    return "An IPV6 network requires that a node ID be specified";
  }
  if (transport !== "udp" || broadcast || multicastAddress === null) return null;
  if (multicastAddress.family !== bindAddress?.family) {
    return "Multicast address family does not match bind address family";
  }
  return isMulticastAddress(multicastAddress) ? null : "mcastaddr is not a correct multicast address";
}

/** Limits of the values that may also change at run time (spec config 4.2). */
function timerFault(map: ConfigMap, totem: TotemConfig): string | null {
  const tooShort = (name: string, valueMs: number, leastMs = MIN_TIMEOUT_MS): string | null =>
    valueMs < leastMs ? `The ${name} parameter (${valueMs} ms) may not be less than (${leastMs} ms).` : null;
  return (
    tooShort("max_network_delay", totem.maxNetworkDelayMs) ??
    tooShort("token timeout", totem.tokenTimeoutMs) ??
    tokenWarningFault(totem.tokenWarningPercent) ??
    retransmitFault(map, tooShort("token retransmit timeout", totem.tokenRetransmitMs)) ??
    tooShort("token hold timeout", totem.holdMs, MIN_HOLD_MS) ??
    tooShort("join timeout", totem.joinMs) ??
    tooShort("consensus timeout", totem.consensusMs) ??
    consensusFault(totem) ??
    tooShort("merge timeout", totem.mergeMs) ??
    tooShort("downcheck timeout", totem.downcheckMs)
  );
}

function tokenWarningFault(percent: number): string | null {
  // C prints the unsigned value as a signed one.
  return percent > 100
    ? `The token warning parameter (${percent | 0}%) must be between 0 (disabled) and 100.`
    : null;
}

function retransmitFault(map: ConfigMap, fault: string | null): string | null {
  if (fault === null || map.number("totem.token_retransmit", "u32") !== undefined) return fault;
  return "Not appropriate token or token_retransmits_before_loss_const value set";
}

function consensusFault({ consensusMs, joinMs }: TotemConfig): string | null {
  if (consensusMs >= joinMs) return null;
  return `The consensus timeout parameter (${consensusMs} ms) may not be less than join timeout (${joinMs | 0} ms).`;
}

function membershipFault(map: ConfigMap, links: readonly Link[]): string | null {
  const memberCount = links[0]!.members.length;
  if (links.length > 1) {
    for (let position = 0; position < memberCount; position++) {
      if (map.text(`nodelist.node.${position}.name`) === undefined) {
        return "for a multi-link configuration, all nodes must have a 'name' attribute";
      }
    }
    if (links.some(({ members }) => members.length !== memberCount)) {
      return "Not all nodes have the same number of links";
    }
  }
  for (const { linkNumber, members } of links) {
    const first = members[0]?.address;
    const other = members.find(({ address }) => address.family !== first?.family)?.address;
    if (first !== undefined && other !== undefined) {
      return `Nodes for link ${linkNumber} have different IP families (compared ${other.text} with ${first.text})`;
    }
  }
  return null;
}

/**
 * C reports the last one that it finds, and misses some where the string order of the nodes is not
 * the order of their numbers; here none is missed.
 */
function rejectRepeatedNodeIds(map: ConfigMap): void {
  const seen = new Set<number>();
  let repeated: number | null = null;
  for (const position of nodePositions(map)) {
    const nodeId = map.number(`nodelist.node.${position}.nodeid`, "u32");
    if (nodeId === undefined) continue;
    if (seen.has(nodeId)) repeated = nodeId;
    seen.add(nodeId);
  }
  if (repeated !== null) {
    throw new ConfigError("validation", `Nodeid ${repeated} appears twice in corosync.conf`);
  }
}

function rejectLinkMode(map: ConfigMap): void {
  const mode = map.text("totem.link_mode") ?? "passive";
  if (mode === "active" || mode === "rr" || mode === "passive") return;
  throw refusal(
    `The Knet link mode "${displayText(mode)}" specified is invalid.  It must be active, passive or rr.`,
  );
}
