import type { ConfigMap } from "../config-map.ts";
import { ipAddress } from "./ip-address.ts";
import { DEFAULT_PING_PRECISION, DEFAULT_PONG_COUNT, DEFAULT_PORT, type Link, MAX_MEMBERS } from "./link.ts";
import { automaticMulticastAddress } from "./multicast-address.ts";
import { ringAddresses } from "./node-keys.ts";
import { type TotemDraft, totemError } from "./totem-draft.ts";

const LINK_KEY = /^totem\.interface\.([^.]+)\.(.+)$/;

/**
 * Gives each link of this node its `bindnetaddr` from the nodelist, which wins over a configured one
 * (spec config 3.4).
 */
export function bindLinksFromNodelist(map: ConfigMap, localPosition: number): void {
  for (const { linkNumber, address } of ringAddresses(map, localPosition)) {
    map.setString(`totem.interface.${linkNumber}.bindnetaddr`, address);
  }
}

/**
 * Reads the links that have any key under `totem.interface` (spec config 3.4, "link table").
 * @throws ConfigError of step "totem"
 */
export function readInterfaceLinks(draft: TotemDraft): void {
  for (const key of draft.map.keysUnder("totem.interface.")) {
    const [, number = "", name = ""] = LINK_KEY.exec(key) ?? [];
    if (name === "" || (draft.transport === "udp" && name !== "bindnetaddr")) continue;
    const link = draft.link(linkNumber(number));
    // Any key of the link brings all of them; the others find it done.
    if (!link.configured) readLink(draft, link);
  }
  if (draft.broadcast) {
    draft.link(0).multicastAddress = ipAddress(Uint8Array.of(255, 255, 255, 255));
  }
  if (draft.transport === "udp") publishMulticast(draft);
}

/** As C's atoi: what is not a number is link 0, and a negative one is far too big. */
function linkNumber(text: string): number {
  return (Number.parseInt(text, 10) || 0) >>> 0;
}

function readLink(draft: TotemDraft, link: Link): void {
  const { map } = draft;
  const prefix = `totem.interface.${link.linkNumber}.`;
  const bind = map.text(`${prefix}bindnetaddr`);
  if (bind !== undefined) link.bindAddress = draft.resolve(bind, "bindnet");
  readMulticast(draft, link, prefix);
  if (map.text(`${prefix}broadcast`) === "yes") draft.broadcast = true;

  const portStep = draft.broadcast ? 2 : 1;
  link.port = map.number(`${prefix}mcastport`, "u16") ?? DEFAULT_PORT + portStep * link.linkNumber;
  link.ttl = map.number(`${prefix}ttl`, "u8") ?? 1;
  const knetTransport = map.text(`${prefix}knet_transport`) ?? "udp";
  if (knetTransport !== "udp" && knetTransport !== "sctp") {
    throw totemError("Unrecognised knet_transport. expected 'udp' or 'sctp'");
  }
  link.knetTransport = knetTransport;
  link.configured = true;
  link.priority = map.number(`${prefix}knet_link_priority`, "u8") ?? 1;
  link.pingIntervalMs = map.number(`${prefix}knet_ping_interval`, "u32") ?? 0;
  link.pingTimeoutMs = map.number(`${prefix}knet_ping_timeout`, "u32") ?? 0;
  link.pingPrecision = map.number(`${prefix}knet_ping_precision`, "u32") ?? DEFAULT_PING_PRECISION;
  link.pongCount = map.number(`${prefix}knet_pong_count`, "u32") ?? DEFAULT_PONG_COUNT;
  readMembers(draft, link, prefix);
}

function readMulticast(draft: TotemDraft, link: Link, prefix: string): void {
  const configured = draft.map.text(`${prefix}mcastaddr`);
  if (configured !== undefined) {
    link.multicastAddress = draft.resolve(configured, "mcast");
    return;
  }
  const clusterName = draft.map.text("totem.cluster_name");
  if (draft.transport !== "udp" || clusterName === undefined) return;
  const family = draft.link(0).bindAddress?.family ?? "ipv4";
  link.multicastAddress = automaticMulticastAddress(clusterName, link.linkNumber, family);
}

/** The `member` sections of 2.x, which count only where there is no nodelist. */
function readMembers(draft: TotemDraft, link: Link, prefix: string): void {
  const { map } = draft;
  const keys = map.keysUnder(`${prefix}member.`);
  if (keys.length === 0) return;
  if (map.text("nodelist.node.0.ring0_addr") !== undefined) {
    draft.warnings.add("membersIgnored");
    return;
  }
  draft.warnings.add("membersDeprecated");
  if (keys.length > MAX_MEMBERS)
    throw totemError(`more than ${MAX_MEMBERS} members of link ${link.linkNumber}`);
  link.members = keys.map((key, position) => {
    return { nodeId: 0, position, address: draft.resolve(map.text(key) ?? "", "node") };
  });
}

/** Shows addresses and ports that nobody configured, for udp only (spec config 3.6). */
function publishMulticast({ map, configuredLinks }: TotemDraft): void {
  for (const { linkNumber, multicastAddress, port } of configuredLinks) {
    const prefix = `totem.interface.${linkNumber}.`;
    if (map.text(`${prefix}mcastaddr`) === undefined && multicastAddress !== null) {
      map.setString(`${prefix}mcastaddr`, multicastAddress.text);
    }
    if (map.number(`${prefix}mcastport`, "u16") === undefined) {
      map.setNumber(`${prefix}mcastport`, "u16", port);
    }
  }
}
