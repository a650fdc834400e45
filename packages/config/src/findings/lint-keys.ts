import { displayText } from "../byte-text.ts";
import type { CatalogueKey } from "../catalogue/catalogue-key.ts";
import {
  CATALOGUE_SECTIONS,
  catalogueKey,
  filePath,
  isFreeKey,
  legacyMeaning,
  sectionKeys,
} from "../catalogue/key-catalogue.ts";
import { type UnusedKey, unusedKeys } from "../catalogue/unused-keys.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import { type IneffectiveSetting, ineffectiveSettings } from "../evaluation/ineffective-settings.ts";
import type { Mark } from "./line-mark.ts";
import { nearest } from "./nearest.ts";

/** What the C daemon passes over in silence. */
export interface KeyRemark {
  readonly severity: "warning" | "note";
  readonly key: string;
  readonly mark: Mark;
  readonly text: string;
  readonly reason: string;
  readonly suggestion: string | null;
}

/** Keys of words that nothing checks. */
const UNCHECKED_WORDS =
  /^totem\.(secauth|clear_node_high_bit|block_unlisted_ips|cancel_token_hold_on_retransmit|interface\.broadcast)$/;

/** Keys that nobody knows, that have no effect, and whose words count for something else. */
export function remarksOnKeys(map: ReadonlyConfigMap): readonly KeyRemark[] {
  // Unknown keys come with what may be meant.
  const unused = unusedKeys(map).filter(({ kind }) => kind !== "unknown");
  const remarks = [...unused.map(unusedKey), ...ineffectiveSettings(map).map(ineffectiveSetting)];
  for (const key of map.keys()) {
    if (map.position(key) === undefined) continue;
    const path = filePath(key);
    const entry = catalogueKey(path);
    const remark = entry === undefined ? unknownKey(key, path) : ineffectiveWord(map, key, entry);
    if (remark !== null) remarks.push(remark);
  }
  return remarks;
}

function unusedKey({ key, kind, meaning }: UnusedKey): KeyRemark {
  const name = displayText(key);
  const text = kind === "never" ? `${name} has no effect` : `this version does not use ${name}`;
  return { severity: "warning", key, mark: "key", text, reason: `It is for: ${meaning}.`, suggestion: null };
}

function ineffectiveSetting({ key, at, says, reason }: IneffectiveSetting): KeyRemark {
  const text = `${displayText(key)} ${says}`;
  return { severity: "warning", key, mark: at, text, reason, suggestion: null };
}

function unknownKey(key: string, path: string): KeyRemark | null {
  if (isFreeKey(path) || legacyMeaning(path) !== null) return null;
  const dot = path.lastIndexOf(".");
  const section = path.slice(0, Math.max(dot, 0));
  const known = CATALOGUE_SECTIONS.has(section);
  const meant = known
    ? nearest(path.slice(dot + 1), sectionKeys(section))
    : nearest(section, CATALOGUE_SECTIONS);
  const stored = "Corosync keeps it for other programs and does nothing with it.";
  return {
    // Nodes have keys of other programs; a word that is nearly one of ours is more likely a slip.
    severity: meant === null ? "note" : "warning",
    key,
    mark: "key",
    text: known ? `unknown key ${displayText(key)}` : `unknown section of ${displayText(key)}`,
    reason: known || meant === null ? stored : `${stored} The section may be meant to be ${meant}.`,
    suggestion: known ? meant : null,
  };
}

/** A word that is none of the key's, where C takes the default without a word. */
function ineffectiveWord(
  map: ReadonlyConfigMap,
  key: string,
  { words, fallback, path }: CatalogueKey,
): KeyRemark | null {
  const value = map.string(key);
  if (!UNCHECKED_WORDS.test(path) || value === undefined || words?.includes(value) !== false) return null;
  return {
    severity: "warning",
    key,
    mark: "value",
    text: `${displayText(key)}: "${value}" is none of ${words.join(", ")}`,
    reason: `It counts as the default: ${fallback ?? "none"}.`,
    suggestion: nearest(value, words),
  };
}
