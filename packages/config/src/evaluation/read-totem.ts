import type { ConfigMap } from "../config-map.ts";
import { type CryptoSettings, readCrypto } from "./crypto-settings.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { bindLinksFromNodelist, readInterfaceLinks } from "./interface-links.ts";
import type { Transport } from "./link.ts";
import { findLocalNode } from "./local-node.ts";
import { nodePositions } from "./node-keys.ts";
import { readNodelist } from "./nodelist.ts";
import { TotemDraft, totemError } from "./totem-draft.ts";
import { readPingTimers, readTotemTimers, type TotemConfig } from "./totem-timers.ts";
import { isWithoutNodelist, readNodeWithoutNodelist } from "./without-nodelist.ts";

const MAX_LINK_MODE_BYTES = 63;

export interface TotemReading {
  readonly draft: TotemDraft;
  readonly crypto: CryptoSettings;
  readonly totem: TotemConfig;
}

/**
 * Reads everything that concerns totem, in the order of the C daemon (spec config 3.2 to 3.6), and
 * writes what it finds out into the map.
 * @throws ConfigError of step "totem"
 */
export function readTotem(
  map: ConfigMap,
  environment: ConfigEnvironment,
  stateDirectory: string,
): TotemReading {
  const withoutNodelist = isWithoutNodelist(map);
  const draft = new TotemDraft(map, environment, readTransport(map, withoutNodelist), withoutNodelist);
  if (withoutNodelist) draft.warnings.add("withoutNodelist");
  const crypto = readCrypto(draft, stateDirectory);
  if ((map.text("totem.link_mode")?.length ?? 0) > MAX_LINK_MODE_BYTES) {
    throw totemError("totem.link_mode is too long");
  }
  if (withoutNodelist) {
    readInterfaceLinks(draft);
    readNodeWithoutNodelist(draft);
  } else readListedNodes(draft);
  const totem = readTotemTimers(map, draft.link(0).members.length, draft.transport === "knet");
  readPingTimers(map, draft.configuredLinks, totem.tokenTimeoutMs);
  return { draft, crypto, totem };
}

function readListedNodes(draft: TotemDraft): void {
  const { map } = draft;
  if (map.number("totem.nodeid", "u32") !== undefined) draft.warnings.add("nodeIdSet");
  const nodeIsListed = map.text("nodelist.node.0.ring0_addr") !== undefined;
  const bindIsConfigured = map.text("totem.interface.0.bindnetaddr") !== undefined;
  const localPosition = publishLocalNode(draft, nodeIsListed || !bindIsConfigured);
  if (bindIsConfigured && nodeIsListed) draft.warnings.add("bindnetaddrIgnored");
  if (localPosition !== null) bindLinksFromNodelist(map, localPosition);
  readInterfaceLinks(draft);
  if (nodeIsListed || map.text("nodelist.node.0.name") !== undefined) {
    readNodelist(draft, localPosition ?? publishLocalNode(draft, true));
  }
}

function readTransport(map: ConfigMap, withoutNodelist: boolean): Transport {
  const word = map.text("totem.transport") ?? (withoutNodelist ? "udp" : "knet");
  if (word === "udpu" || word === "udp" || word === "knet") return word;
  throw totemError("Invalid transport type. Should be udpu, udp or knet");
}

/**
 * Finds this node and shows where it is. Where it is not in the list C goes on with the last node, so
 * that faults of that one are reported before validation misses this node; so do we.
 * @param wanted the C daemon does not look when only an interface section says what to bind
 */
function publishLocalNode({ map, environment }: TotemDraft, wanted: boolean): number | null {
  if (!wanted) return null;
  const position = findLocalNode(map, environment);
  if (position === null) return nodePositions(map).at(-1) ?? null;
  map.setNumber("nodelist.local_node_pos", "u32", position);
  return position;
}
