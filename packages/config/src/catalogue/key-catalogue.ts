import type { CatalogueKey } from "./catalogue-key.ts";
import { OTHER_CATALOGUE } from "./other-keys.ts";
import { TOTEM_CATALOGUE } from "./totem-keys.ts";

/** Every key that corosync 3.1.7 or 2.3.5 gives a meaning to, and our own (spec config 2 and 6.1). */
export const KEY_CATALOGUE: readonly CatalogueKey[] = [...TOTEM_CATALOGUE, ...OTHER_CATALOGUE];

const BY_PATH: ReadonlyMap<string, CatalogueKey> = new Map(KEY_CATALOGUE.map((key) => [key.path, key]));

const RING_ADDRESS = /^nodelist\.node\.ring[0-9]+_addr$/;
/** How keys of cmap are called in the file. */
const FILE_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^nodelist\.node\.[0-9]+\./, "nodelist.node."],
  [/^totem\.interface\.[0-9]+\.member\.[0-9]+$/, "totem.interface.member.memberaddr"],
  [/^totem\.interface\.[0-9]+\./, "totem.interface."],
  [/^logging\.logger_subsys\..+\./, "logging.logger_subsys."],
  [/^logging\.logging_daemon\..+\./, "logging.logging_daemon."],
  [/^uidgid\.config\.(uid|gid)\.[0-9]+$/, "uidgid.$1"],
];

/** What sections and keys outside of sections meant in 1.x and 2.x. */
const LEGACY_NAMES: ReadonlyMap<string, string> = new Map([
  ["compatibility", "compatibility with 1.x"],
  ["amf", "availability management of 1.x"],
  ["service", "loading of services, which are always loaded"],
]);

/** The path in the file, section and name, of a key of cmap. */
export function filePath(key: string): string {
  const rule = FILE_NAMES.find(([pattern]) => pattern.test(key));
  return rule === undefined ? key : key.replace(rule[0], rule[1]);
}

/** What a key of 1.x or 2.x meant that stands in no section of today; null for another key. */
export function legacyMeaning(path: string): string | null {
  return LEGACY_NAMES.get(path.split(".")[0]!) ?? null;
}

/**
 * The catalogue's entry for a key.
 * @param path section and name as the file has them
 */
export function catalogueKey(path: string): CatalogueKey | undefined {
  return BY_PATH.get(RING_ADDRESS.test(path) ? "nodelist.node.ringX_addr" : path);
}
