import type { KeyType } from "../catalogue/catalogue-key.ts";
import { KEY_CATALOGUE } from "../catalogue/key-catalogue.ts";
import type { CmapNumberType, CmapValue } from "../cmap-value.ts";
import { parseInteger, parseUnsigned64 } from "./integer.ts";

/** Keys that are not strings, by their path in the file (spec config 2). */
export const NUMBER_KEYS: ReadonlyMap<string, Exclude<KeyType, "str">> = new Map(
  KEY_CATALOGUE.flatMap(({ path, type }) => (type === "str" ? [] : [[path, type]])),
);

const INTERFACE = "totem.interface.";
const interfaceKeys = KEY_CATALOGUE.filter(({ path }) => path.startsWith(INTERFACE)).map((key) => {
  return { ...key, name: key.path.slice(INTERFACE.length) };
});

/** Numbers of an interface section and, where the type holds more, their limits (spec config 2.2). */
export const INTERFACE_NUMBERS: ReadonlyMap<
  string,
  { readonly type: CmapNumberType; readonly maximum: number | undefined }
> = new Map(
  interfaceKeys.flatMap(({ name, type, maximum }) =>
    type === "str" || type === "u64" ? [] : [[name, { type, maximum }]],
  ),
);

/** Texts of an interface section that move to the key of their link. */
export const INTERFACE_TEXTS: ReadonlySet<string> = new Set([
  "bindnetaddr",
  "mcastaddr",
  "broadcast",
  "knet_transport",
]);

/**
 * The value of a key as it is stored.
 * @throws LineError when the text is no such number
 */
export function typedValue(key: string, text: string, type: KeyType): CmapValue {
  if (type === "str") return { type: "str", value: text };
  if (type === "u64") return { type, value: parseUnsigned64(key, text) };
  return { type, value: parseInteger(key, text, type) };
}
