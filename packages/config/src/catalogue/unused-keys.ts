import { displayText } from "../byte-text.ts";
import type { FilePosition } from "../config-error.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import { catalogueKey, filePath, isUnknownKey, legacyMeaning } from "./key-catalogue.ts";

/** Keys that one warning names. */
const NAMED_MAX = 8;

/** A key of the file that has no effect. */
export interface UnusedKey {
  /** As in cmap. */
  readonly key: string;
  readonly position: FilePosition;
  /** `never`: a key of the past; `notYet`: one that this version does not use; `unknown`: one of nobody. */
  readonly kind: "never" | "notYet" | "unknown";
  readonly meaning: string;
}

/** The keys of the file that have no effect here, in sections that Corosync knows. */
export function unusedKeys(map: ReadonlyConfigMap): readonly UnusedKey[] {
  const unused: UnusedKey[] = [];
  for (const key of map.keys()) {
    const position = map.position(key);
    if (position === undefined) continue;
    const path = filePath(key);
    const entry = catalogueKey(path);
    const legacy = entry === undefined ? legacyMeaning(path) : null;
    if (legacy !== null) unused.push({ key, position, kind: "never", meaning: legacy });
    else if (entry?.use === "later") unused.push({ key, position, kind: "notYet", meaning: entry.meaning });
    else if (entry?.use === "legacy" || entry?.use === "stored") {
      unused.push({ key, position, kind: "never", meaning: entry.meaning });
    } else if (isUnknownKey(path)) unused.push({ key, position, kind: "unknown", meaning: "" });
  }
  return unused;
}

/** The texts that a start logs about them, at level warning. */
export function unusedKeyWarnings(unused: readonly UnusedKey[]): readonly string[] {
  const named = ({ key, position }: UnusedKey) => `${displayText(key)} (${position.file}:${position.line})`;
  const past = unused.filter(({ kind }) => kind === "never");
  const texts = past.map((one) => `${named(one)} has no effect: ${one.meaning}`);
  const together: readonly (readonly [UnusedKey["kind"], string])[] = [
    ["notYet", "This version does not use"],
    ["unknown", "Unknown keys, which have no effect"],
  ];
  for (const [wanted, text] of together) {
    const names = unused.filter(({ kind }) => kind === wanted).map(named);
    const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
    if (names.length > 0) texts.push(`${text}: ${names.slice(0, NAMED_MAX).join(", ")}${more}`);
  }
  return texts;
}
