import { LineError } from "../config-error.ts";

interface Words {
  readonly allowed: readonly string[];
  /** The whole text of the error; or what comes before the list of words. */
  readonly error: string;
  readonly listed?: true;
}

const YES_NO = ["yes", "no"];

/** Keys whose words the parser checks (spec config 2.1, 2.5). */
const KEY_WORDS: ReadonlyMap<string, Words> = new Map<string, Words>([
  ["totem.ip_version", { allowed: ["ipv4", "ipv6", "ipv6-4", "ipv4-6"], error: "Invalid ip_version type" }],
  ["totem.crypto_model", { allowed: ["nss", "openssl"], error: "Invalid crypto model.", listed: true }],
  [
    "totem.crypto_cipher",
    { allowed: ["none", "aes256", "aes192", "aes128"], error: "Invalid cipher type.", listed: true },
  ],
  [
    "totem.crypto_hash",
    {
      allowed: ["none", "md5", "sha1", "sha256", "sha384", "sha512"],
      error: "Invalid hash type.",
      listed: true,
    },
  ],
  [
    "totem.knet_compression_model",
    {
      allowed: ["zlib", "lz4", "lz4hc", "lzo2", "lzma", "bzip2", "zstd"],
      error: "Invalid compression model.",
      listed: true,
    },
  ],
  ["system.qb_ipc_type", { allowed: ["native", "shm", "socket"], error: "Invalid system.qb_ipc_type" }],
  ["system.sched_rr", { allowed: YES_NO, error: "Invalid system.sched_rr value" }],
  [
    "system.move_to_root_cgroup",
    { allowed: ["yes", "no", "auto"], error: "Invalid system.move_to_root_cgroup" },
  ],
  [
    "system.allow_knet_handle_fallback",
    { allowed: YES_NO, error: "Invalid system.allow_knet_handle_fallback" },
  ],
]);

/**
 * Checks a key that takes one of some words.
 * @param legacyCiphers whether the transport is one with the packets of 2.x
 * @throws LineError with the words of the C daemon
 */
export function checkWord(key: string, value: string, legacyCiphers: boolean): void {
  const words = KEY_WORDS.get(key);
  if (words === undefined || words.allowed.includes(value)) return;
  // The packets of 2.x, which udp and udpu send when they encrypt, can have it (spec totem 16).
  if (legacyCiphers && key === "totem.crypto_cipher" && value === "3des") return;
  // C refuses the word that its manual gives as the default (spec config 17).
  if (key === "totem.knet_compression_model" && value === "none") return;
  throw new LineError(words.listed ? `${words.error} Should be ${listed(words.allowed)}` : words.error);
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
