import type { ReadonlyConfigMap } from "../config-map.ts";
import { allAddresses } from "../evaluation/name-resolution.ts";
import type { DiagnosisContext } from "./diagnosis.ts";

/** Keys of the nodelist that a reason names. */
const TOLD_KEYS_MAX = 16;

/** The keys by which a host finds itself, in the order of the file. */
export function nodeNames({ map }: DiagnosisContext): readonly string[] {
  return inFileOrder(map, /^nodelist\.node\.[0-9]+\.(name|ring0_addr)$/);
}

/** One key of each node without name. */
export function namelessNodes({ map }: DiagnosisContext): readonly string[] {
  return inFileOrder(map, /^nodelist\.node\.[0-9]+\.ring0_addr$/).filter(
    (key) => map.text(key.replace(/ring0_addr$/, "name")) === undefined,
  );
}

export function ringKeys(map: ReadonlyConfigMap, link: string): readonly string[] {
  return inFileOrder(map, new RegExp(`^nodelist\\.node\\.[0-9]+\\.ring0*${link}_addr$`));
}

function inFileOrder(map: ReadonlyConfigMap, pattern: RegExp): readonly string[] {
  const line = (key: string) => map.position(key)?.line ?? 0;
  const keys = map.keysUnder("nodelist.node.").filter((key) => pattern.test(key) && line(key) > 0);
  return keys.sort((a, b) => line(a) - line(b));
}

/** Names, values and lines of keys; of a long list its beginning. */
export function withLines(map: ReadonlyConfigMap, keys: readonly string[]): string {
  const told = keys.slice(0, TOLD_KEYS_MAX).map((key) => {
    return `${key.slice(key.lastIndexOf(".") + 1)} ${map.string(key) ?? ""} (line ${map.position(key)?.line})`;
  });
  const more = keys.length > told.length ? [`${keys.length - told.length} more`] : [];
  return [...told, ...more].join(", ") || "none";
}

/** Whether a name or number of the file stands for an address. */
export function means(text: string, address: string, environment: DiagnosisContext["environment"]): boolean {
  return environment !== null && allAddresses(text, environment).some((one) => one.text === address);
}
