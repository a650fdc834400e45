import type { CmapNumberType } from "../cmap-value.ts";

/** The types that a key can have; `str` is every text. */
export type KeyType = CmapNumberType | "u64" | "str";

/**
 * What a key does in this version: it is `used`; it is our `own` and C stores it without a meaning; it is accepted and stored for what is not there yet
 * (`later`); corosync 3.1.7 itself only stores it (`stored`); or it belongs to 2.x and has no meaning
 * any more (`legacy`).
 */
export type KeyUse = "used" | "own" | "later" | "stored" | "legacy";

/** A key that `corosync.conf` can have. */
export interface CatalogueKey {
  /** Section and name as the file has them, such as `totem.interface.mcastport`. */
  readonly path: string;
  readonly type: KeyType;
  /** The default, or how it comes about; null when there is none. */
  readonly fallback: string | null;
  readonly meaning: string;
  /** All words that the key takes; left out where it takes more than words. */
  readonly words?: readonly string[];
  /** Greatest number, where it is less than what the type holds. */
  readonly maximum?: number;
  readonly use: KeyUse;
}

type Row = readonly [
  name: string,
  type: KeyType,
  fallback: string | null,
  meaning: string,
  more?: Partial<CatalogueKey>,
];

/** The keys of one section. */
export function section(path: string, rows: readonly Row[], use: KeyUse = "used"): CatalogueKey[] {
  return rows.map(([name, type, fallback, meaning, more]) => {
    return { path: `${path}.${name}`, type, fallback, meaning, use, ...more };
  });
}

export const YES_NO: readonly string[] = ["yes", "no"];
export const ON_OFF: readonly string[] = ["on", "off"];
