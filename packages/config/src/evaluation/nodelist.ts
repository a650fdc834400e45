import { displayText } from "../byte-text.ts";
import { type Link, MAX_MEMBERS } from "./link.ts";
import { resolveAddress } from "./name-resolution.ts";
import { automaticNodeId } from "./node-id.ts";
import { nodePositions, ringAddresses } from "./node-keys.ts";
import { type TotemDraft, totemError } from "./totem-draft.ts";

/** Node ids that knet can carry are below this (KNET_MAX_HOST). */
const KNET_NODE_ID_END = 65536;

/**
 * Takes the nodes of the nodelist: this node's id, the members of every link, and node ids that udp
 * and udpu derive (spec config 3.4 "nodes", 3.5).
 * @param localPosition this node's place in the list, or null when it is not in it
 * @throws ConfigError of step "totem"
 */
export function readNodelist(draft: TotemDraft, localPosition: number | null): void {
  if (localPosition !== null) readLocalNodeId(draft, localPosition);
  for (const link of draft.links) link.members = [];
  for (const position of nodePositions(draft.map)) readNode(draft, position);
  if (localPosition !== null) readLocalAddresses(draft, localPosition);
}

function readLocalNodeId(draft: TotemDraft, position: number): void {
  const { map, environment, transport } = draft;
  draft.nodeId = map.number(`nodelist.node.${position}.nodeid`, "u32") ?? 0;
  if (draft.nodeId !== 0) return;
  if (transport === "knet") throw totemError("Knet requires an explicit nodeid for the local node");
  // Where there is an address to bind, C takes the name of a node without one for its address.
  const standIn = map.text("totem.interface.0.bindnetaddr") === undefined ? "ring0_addr" : "name";
  const address =
    map.text(`nodelist.node.${position}.ring0_addr`) ?? map.text(`nodelist.node.${position}.${standIn}`);
  const nodeId = automaticNodeId(address, map, environment);
  if (nodeId === null) throw totemError("An IPV6 network requires that a node ID be specified");
  draft.nodeId = nodeId;
}

function readNode(draft: TotemDraft, position: number): void {
  for (const { linkNumber, address } of ringAddresses(draft.map, position)) {
    const link = draft.link(linkNumber);
    const nodeId = memberNodeId(draft, position, displayText(address));
    addMember(link, { nodeId, position, address: draft.resolve(address, "node") });
  }
}

function memberNodeId(
  { map, environment, transport }: TotemDraft,
  position: number,
  address: string,
): number {
  const key = `nodelist.node.${position}.nodeid`;
  const configured = map.number(key, "u32") ?? 0;
  if (transport === "knet") {
    if (configured === 0) {
      throw totemError(`Knet requires an explicit nodeid to be specified for address '${address}'.`);
    }
    if (configured >= KNET_NODE_ID_END) {
      throw totemError(`Knet requires nodeid to be less than ${KNET_NODE_ID_END} for address '${address}'.`);
    }
    return configured;
  }
  const first = map.text(`nodelist.node.${position}.ring0_addr`);
  if (configured !== 0 || first === undefined) return configured;
  const nodeId = automaticNodeId(first, map, environment);
  if (nodeId === null) {
    throw totemError(`An IPV6 network requires that a node ID be specified for address '${address}'.`);
  }
  map.setNumber(key, "u32", nodeId);
  return nodeId;
}

function addMember(link: Link, member: Link["members"][number]): void {
  if (link.members.length === MAX_MEMBERS) {
    throw totemError(`more than ${MAX_MEMBERS} nodes on link ${link.linkNumber}`);
  }
  link.members.push(member);
  link.configured = true;
}

function readLocalAddresses(
  { map, configuredLinks, ipVersion, environment }: TotemDraft,
  position: number,
): void {
  for (const link of configuredLinks) {
    const text = map.text(`nodelist.node.${position}.ring${link.linkNumber}_addr`);
    const address = text === undefined ? null : resolveAddress(text, ipVersion, environment);
    if (address === null) continue;
    link.localAddress = address;
    link.fillDefaults();
  }
}
