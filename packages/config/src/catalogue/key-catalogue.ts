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
  ["aisexec", "user and group of the daemon of 1.x"],
  ["amf", "availability management of 1.x"],
  ["pload", "test traffic of the service pload, which this version does not have"],
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

/** Sections whose keys are free: other programs read them, or they name things of their own. */
const FREE_SECTIONS = /^(quorum\.device\.[^.]+|resources\.(system|process)\..+|pacemaker|sbd)\./;

/** Whether a key stands in a section that anybody may put keys into. */
export function isFreeKey(path: string): boolean {
  return FREE_SECTIONS.test(path);
}

/** Whether a key is none of ours in a section that is: nodes alone have keys of other programs as well. */
export function isUnknownKey(path: string): boolean {
  if (catalogueKey(path) !== undefined || isFreeKey(path) || legacyMeaning(path) !== null) return false;
  const section = path.slice(0, Math.max(path.lastIndexOf("."), 0));
  return section !== "nodelist.node" && CATALOGUE_SECTIONS.has(section);
}

/** The paths of all sections that have keys in the catalogue, and of those around them. */
export const CATALOGUE_SECTIONS: ReadonlySet<string> = new Set(
  KEY_CATALOGUE.flatMap(({ path }) => {
    const names = path.split(".").slice(0, -1);
    return names.map((_, index) => names.slice(0, index + 1).join("."));
  }),
);

const RING_ADDRESSES = Array.from({ length: 8 }, (_, link) => `ring${link}_addr`);

/** The names of the keys that a section can have. */
export function sectionKeys(path: string): readonly string[] {
  const within = KEY_CATALOGUE.filter((key) => key.path.slice(0, key.path.lastIndexOf(".")) === path);
  const names = within.map((key) => key.path.slice(path.length + 1));
  return path === "nodelist.node"
    ? [...names.filter((name) => name !== "ringX_addr"), ...RING_ADDRESSES]
    : names;
}
