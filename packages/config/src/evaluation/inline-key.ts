import { bytesOfText } from "../byte-text.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";

/**
 * The bytes of `totem.key`, without the NUL that Corosync counts as part of the key.
 * @returns null when the configuration has no such key
 */
export function inlineKey(map: ReadonlyConfigMap): Uint8Array | null {
  const text = map.text("totem.key");
  return text === undefined ? null : bytesOfText(text);
}
