import { displayText } from "./byte-text.ts";
import type { CmapNumberType, CmapValue } from "./cmap-value.ts";
import { type FilePosition, quotingError } from "./config-error.ts";

/** Longest key name that can be stored from a file; cmap's own limit is one more. */
export const MAX_KEY_CHARACTERS = 254;
/** Holds the authkey itself. */
const SECRET_KEY = "totem.key";
const VALID_KEY = /^[a-zA-Z0-9._/:-]{3,255}$/;

/** What `ConfigMap` offers to those who only read it. */
export type ReadonlyConfigMap = Omit<ConfigMap, "set" | "delete" | "setNumber" | "setString" | "store">;

/**
 * The configuration as cmap keys with types. Keys come in the order of their bytes, which is the
 * order that every rule about "the first node" means (spec config 1.5).
 */
export class ConfigMap implements Iterable<[key: string, value: CmapValue]> {
  readonly #values = new Map<string, CmapValue>();
  readonly #positions = new Map<string, FilePosition>();
  #sorted: readonly string[] | null = null;

  /** What logs, errors and debuggers show: everything but the cluster's secret. */
  [Symbol.for("nodejs.util.inspect.custom")](): ReadonlyMap<string, CmapValue> {
    const shown = new Map(this.#values);
    if (shown.has(SECRET_KEY)) shown.set(SECRET_KEY, { type: "str", value: "[hidden]" });
    return shown;
  }

  get size(): number {
    return this.#values.size;
  }

  /** The value under a key, with its type. */
  get(key: string): CmapValue | undefined {
    return this.#values.get(key);
  }

  /** The text under a key, one character a byte; undefined when it is absent or no string. */
  text(key: string): string | undefined {
    const found = this.#values.get(key);
    return found?.type === "str" ? found.value : undefined;
  }

  /** The text under a key, read as UTF-8. */
  string(key: string): string | undefined {
    const found = this.text(key);
    return found === undefined ? undefined : displayText(found);
  }

  /** The number under a key; undefined when it is absent or of another type, as cmap's getters do. */
  number(key: string, type: CmapNumberType): number | undefined {
    const found = this.#values.get(key);
    return found?.type === type ? found.value : undefined;
  }

  /**
   * Stores a value; the name of the key is not checked.
   * @param position where the value comes from; left out for one that no line of a file gives
   */
  set(key: string, value: CmapValue, position?: FilePosition): void {
    if (!this.#values.has(key)) this.#sorted = null;
    this.#values.set(key, value);
    if (position === undefined) this.#positions.delete(key);
    else this.#positions.set(key, position);
  }

  /** A map of its own with the same keys. */
  copy(): ConfigMap {
    const map = new ConfigMap();
    for (const [key, value] of this.#values) map.set(key, value, this.#positions.get(key));
    return map;
  }

  /** Removes a key; one that is absent stays so. */
  delete(key: string): void {
    if (this.#values.delete(key)) this.#sorted = null;
    this.#positions.delete(key);
  }

  /** The line of a file that gave a key its value; undefined when none did. */
  position(key: string): FilePosition | undefined {
    return this.#positions.get(key);
  }

  /** Stores a number. */
  setNumber(key: string, type: CmapNumberType, value: number): void {
    this.set(key, { type, value });
  }

  /** Stores a text, one character a byte. */
  setString(key: string, value: string): void {
    this.set(key, { type: "str", value });
  }

  /**
   * Stores a key that came from a file.
   * @throws LineError when cmap does not allow the name (spec config 1.5)
   */
  store(key: string, value: CmapValue, position: FilePosition): void {
    if (!VALID_KEY.test(key)) {
      throw quotingError(`Can't store key "${key}" into icmap, returned error is CS_ERR_NAME_TOO_LONG`);
    }
    this.set(key, value, position);
  }

  /** All keys, in the order of their bytes. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#values.keys()].sort((a, b) => (a < b ? -1 : 1));
    return this.#sorted;
  }

  /** The keys that begin with a prefix, in the order of their bytes. */
  keysUnder(prefix: string): readonly string[] {
    const keys = this.keys();
    let start = 0;
    let after = keys.length;
    while (start < after) {
      const middle = (start + after) >>> 1;
      if (keys[middle]! < prefix) start = middle + 1;
      else after = middle;
    }
    let end = start;
    while (end < keys.length && keys[end]!.startsWith(prefix)) end++;
    return keys.slice(start, end);
  }

  /** Keys and values, in the order of the keys' bytes. */
  *[Symbol.iterator](): Iterator<[key: string, value: CmapValue]> {
    for (const key of this.keys()) yield [key, this.#values.get(key)!];
  }
}
