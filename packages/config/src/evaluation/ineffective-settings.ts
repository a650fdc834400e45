import { displayText } from "../byte-text.ts";
import { filePath } from "../catalogue/key-catalogue.ts";
import type { FilePosition } from "../config-error.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import { parseIpAddress } from "./ip-address.ts";
import { nodeKeys } from "./node-keys.ts";
import { OWN_SUBSYSTEMS } from "./read-logging.ts";
import { isWithoutNodelist } from "./without-nodelist.ts";

const SUBSYSTEM = /^logging\.logger_subsys\.([^.]+)\.subsys$/;

/** A known key with a value that means nothing beside the others of the file. */
export interface IneffectiveSetting {
  /** As in cmap. */
  readonly key: string;
  readonly position: FilePosition;
  readonly at: "key" | "value";
  /** What follows the key in a message. */
  readonly says: string;
  readonly reason: string;
}

type Says = Pick<IneffectiveSetting, "at" | "says" | "reason">;

/** Settings of the file that are passed over because of the transport, other keys, or what this version has. */
export function ineffectiveSettings(map: ReadonlyConfigMap): readonly IneffectiveSetting[] {
  const transport = map.string("totem.transport") ?? (isWithoutNodelist(map) ? "udp" : "knet");
  const repeated = repeatedAddresses(map);
  const settings: IneffectiveSetting[] = [];
  for (const key of map.keys()) {
    const position = map.position(key);
    if (position === undefined) continue;
    const said = repeated.get(key) ?? ofMulticast(map, key, transport) ?? ofWord(map, key);
    if (said !== null) settings.push({ key, position, ...said });
  }
  return settings;
}

/** The texts that a start logs about them, at level warning. */
export function ineffectiveSettingWarnings(map: ReadonlyConfigMap): readonly string[] {
  return ineffectiveSettings(map).map(
    ({ key, position, says }) => `${displayText(key)} (${position.file}:${position.line}) ${says}`,
  );
}

function ofMulticast(map: ReadonlyConfigMap, key: string, transport: string): Says | null {
  const path = filePath(key);
  const isAddress = path === "totem.interface.mcastaddr";
  const isBroadcast = path === "totem.interface.broadcast" && map.text(key) === "yes";
  if (!isAddress && !isBroadcast) return null;
  if (transport !== "udp") {
    const says = `has no effect with transport ${transport}`;
    return { at: "key", says, reason: "Only transport udp sends by multicast or broadcast." };
  }
  const broadcast = key.replace(/\.mcastaddr$/, ".broadcast");
  if (isBroadcast || map.text(broadcast) !== "yes") return null;
  return { at: "key", says: "has no effect with broadcast: yes", reason: "Packets go to everybody instead." };
}

function ofWord(map: ReadonlyConfigMap, key: string): Says | null {
  if (key === "system.qb_ipc_type" && map.text(key) === "shm") {
    const reason = "Clients and daemon speak over stream sockets, which is all that this version has.";
    return { at: "value", says: "shm has no effect: sockets are used", reason };
  }
  const subsystem = SUBSYSTEM.exec(key)?.[1];
  if (subsystem === undefined || OWN_SUBSYSTEMS.includes(subsystem)) return null;
  const says = `names no subsystem: the section has no effect`;
  return { at: "value", says, reason: `The subsystems are ${OWN_SUBSYSTEMS.join(", ")}.` };
}

/** Addresses that an earlier node has on the same link. */
function repeatedAddresses(map: ReadonlyConfigMap): ReadonlyMap<string, Says> {
  const first = new Map<string, string>();
  const repeated = new Map<string, Says>();
  for (const { key, name } of nodeKeys(map)) {
    const text = /^ring[0-9]+_addr$/.test(name) ? map.string(key) : undefined;
    if (text === undefined) continue;
    const address = `${name} ${parseIpAddress(text)?.text ?? text.toLowerCase()}`;
    const earlier = first.get(address);
    if (earlier === undefined) first.set(address, key);
    else {
      const reason = "Packets to these nodes reach the same daemon: each node has an address of its own.";
      repeated.set(key, { at: "value", says: `is the same as ${displayText(earlier)}`, reason });
    }
  }
  return repeated;
}
