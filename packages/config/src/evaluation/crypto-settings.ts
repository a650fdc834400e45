import { displayText } from "../byte-text.ts";
import type { ConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { type TotemDraft, totemError } from "./totem-draft.ts";

/** `totem.crypto_cipher` as configurations have it. */
export type CipherWord = "none" | "aes128" | "aes192" | "aes256" | "3des";
/** `totem.crypto_hash` as configurations have it. */
export type HashWord = "none" | "md5" | "sha1" | "sha256" | "sha384" | "sha512";

/** Where the key bytes are: they are left there until they are needed. */
export type KeySource =
  | { readonly from: "none" }
  /** A relative path is meant from the state directory. */
  | { readonly from: "file"; readonly path: string }
  /** The value of `totem.key`, which stays in the map only (`inlineKey` fetches it). */
  | { readonly from: "configuration" };

/** How packets are sealed, and where the key for it is. */
export interface CryptoSettings {
  readonly model: string;
  readonly cipher: CipherWord;
  readonly hash: HashWord;
  readonly keySource: KeySource;
}

const CIPHERS: readonly CipherWord[] = ["none", "aes128", "aes192", "aes256", "3des"];
const HASHES: readonly HashWord[] = ["none", "md5", "sha1", "sha256", "sha384", "sha512"];
const MIN_KEY_BYTES = 128;
const MAX_KEY_BYTES = 4096;

/**
 * Cipher, hash and the source of the key (spec config 3.2 and 11). The key is looked for, so that a
 * missing one is found now, but not kept.
 * @throws ConfigError of step "totem"
 */
export function readCrypto(
  { map, environment, withoutNodelist, warnings }: TotemDraft,
  stateDirectory: string,
): CryptoSettings {
  const secauth = map.text("totem.secauth");
  if (withoutNodelist && secauth === undefined) warnings.add("secauthUnset");
  // 2.x encrypts unless told not to (spec config 6.1).
  const secure = withoutNodelist ? secauth !== "off" : secauth === "on";
  const cipher = word(CIPHERS, map.text("totem.crypto_cipher")) ?? (secure ? "aes256" : "none");
  const secureHash = withoutNodelist ? "sha1" : "sha256";
  const hash = word(HASHES, map.text("totem.crypto_hash")) ?? (secure ? secureHash : "none");
  if (cipher !== "none" && hash === "none") {
    throw totemError("crypto_cipher requires crypto_hash with value other than none");
  }
  const needsKey = cipher !== "none" || hash !== "none";
  return {
    model: map.string("totem.crypto_model") ?? "nss",
    cipher,
    hash,
    keySource: needsKey ? findKey(map, environment, stateDirectory) : { from: "none" },
  };
}

function findKey(map: ConfigMap, environment: ConfigEnvironment, stateDirectory: string): KeySource {
  const configured = map.text("totem.keyfile");
  const inline = map.text("totem.key");
  if (configured === undefined && inline !== undefined) {
    // C counts the NUL after the text as a byte of the key.
    if (inline.length + 1 > MAX_KEY_BYTES) throw totemError("key is too long");
    if (inline.length + 1 < MIN_KEY_BYTES) throw totemError("key is too short");
    return { from: "configuration" };
  }
  const path = configured === undefined ? environment.defaultKeyFile : displayText(configured);
  const found = environment.readKeyFile(path, stateDirectory);
  if ("failed" in found) throw totemError(`Could not ${found.failed} ${path}: ${found.reason}`);
  if (found.lengthBytes < MIN_KEY_BYTES) {
    const bits = found.lengthBytes * 8;
    throw totemError(`Could only read ${bits} bits of minimum ${MIN_KEY_BYTES * 8} bits from ${path}.`);
  }
  return { from: "file", path };
}

function word<W extends string>(words: readonly W[], value: string | undefined): W | undefined {
  return words.find((known) => known === value);
}
