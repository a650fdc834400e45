import type { CmapNumberType, CmapValue } from "../cmap-value.ts";
import { parseInteger, parseUnsigned64 } from "./integer.ts";

/** The types that a key can have in the file; every other key is a string. */
export type KeyType = CmapNumberType | "u64";

const TOTEM_U32 =
  "version nodeid threads token token_coefficient token_retransmit token_warning hold " +
  "token_retransmits_before_loss_const join send_join consensus merge downcheck fail_recv_const " +
  "seqno_unchanged_const heartbeat_failures_allowed max_network_delay window_size max_messages " +
  "miss_count_const knet_pmtud_interval knet_mtu knet_compression_threshold netmtu " +
  "rrp_token_expired_timeout rrp_problem_count_timeout rrp_problem_count_threshold " +
  "rrp_problem_count_mcast_threshold rrp_autorecovery_check_timeout accelerated_window";

/** Keys of `totem { }` that are not strings (spec config 2.1, and our own `accelerated_window`). */
export const TOTEM_KEYS: ReadonlyMap<string, KeyType> = keys("totem", {
  u32: TOTEM_U32,
  i32: "knet_compression_level",
  u64: "config_version",
});

/** Keys of `quorum { }` that are not strings (spec config 2.6). */
export const QUORUM_KEYS: ReadonlyMap<string, KeyType> = keys("quorum", {
  u32: "expected_votes votes last_man_standing_window leaving_timeout",
  u8: "two_node expected_votes_tracking allow_downscale wait_for_all auto_tie_breaker last_man_standing",
});

/** Keys of `quorum { device { } }` that are not strings. */
export const QUORUM_DEVICE_KEYS: ReadonlyMap<string, KeyType> = keys("quorum.device", {
  u32: "timeout sync_timeout votes",
  u8: "master_wins",
});

/** Keys of a node that are not strings (spec config 2.3). */
export const NODE_KEYS: ReadonlyMap<string, KeyType> = keys("nodelist.node", {
  u32: "nodeid quorum_votes",
});

/** Numbers of an interface section and, where the type holds more, their limits (spec config 2.2). */
export const INTERFACE_NUMBERS: ReadonlyMap<
  string,
  { readonly type: CmapNumberType; readonly maximum?: number }
> = new Map([
  ["linknumber", { type: "u8" }],
  ["mcastport", { type: "u16" }],
  ["ttl", { type: "u8" }],
  ["knet_link_priority", { type: "u8" }],
  // C drops greater values of these in silence (spec config 1.7).
  ["knet_ping_interval", { type: "u32", maximum: 0x7fff_ffff }],
  ["knet_ping_timeout", { type: "u32", maximum: 0x7fff_ffff }],
  ["knet_ping_precision", { type: "u32", maximum: 0x7fff_ffff }],
  ["knet_pong_count", { type: "u32", maximum: 0x7fff_ffff }],
]);

/** Texts of an interface section that move to the key of their link. */
export const INTERFACE_TEXTS: ReadonlySet<string> = new Set([
  "bindnetaddr",
  "mcastaddr",
  "broadcast",
  "knet_transport",
]);

/**
 * The value of a key as it is stored.
 * @param type undefined for a string
 * @throws LineError when the text is no such number
 */
export function typedValue(key: string, text: string, type: KeyType | undefined): CmapValue {
  if (type === undefined) return { type: "str", value: text };
  if (type === "u64") return { type, value: parseUnsigned64(key, text) };
  return { type, value: parseInteger(key, text, type) };
}

function keys(section: string, types: Partial<Record<KeyType, string>>): ReadonlyMap<string, KeyType> {
  const found = new Map<string, KeyType>();
  for (const type of Object.keys(types) as KeyType[]) {
    for (const name of types[type]?.split(" ") ?? []) found.set(`${section}.${name}`, type);
  }
  return found;
}
