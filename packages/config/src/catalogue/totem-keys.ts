import { type CatalogueKey, section, YES_NO } from "./catalogue-key.ts";

/** What C counts with in an int and drops in silence above (spec config 1.7). */
const MAX_I32 = 0x7fff_ffff;

const CLUSTER = section("totem", [
  ["version", "u32", null, "version of this file's format, always 2"],
  ["cluster_name", "str", null, "name of the cluster; udp derives its multicast address from it"],
  ["config_version", "u64", "0", "a node with a lower one than the others leaves; 0 is none"],
  ["transport", "str", "knet", "how packets travel", { words: ["knet", "udpu", "udp"] }],
  [
    "ip_version",
    "str",
    "ipv6-4; ipv4 for udp",
    "families that names are resolved to, and which comes first",
    { words: ["ipv4", "ipv6", "ipv4-6", "ipv6-4"] },
  ],
  ["clear_node_high_bit", "str", "no", "clears the highest bit of automatic node ids", { words: YES_NO }],
  ["netmtu", "u32", "1500; 65536 for knet", "longest packet in bytes"],
  ["block_unlisted_ips", "str", "yes", "ignore packets of addresses that are not listed", { words: YES_NO }],
  [
    "cancel_token_hold_on_retransmit",
    "str",
    "no",
    "a retransmit ends the holding of the token",
    { words: YES_NO },
  ],
  [
    "accelerated_window",
    "u32",
    "0",
    "packets of a token visit that are sent after the token",
    { use: "own" },
  ],
]);

const CRYPTO = section("totem", [
  [
    "secauth",
    "str",
    "off; on in a file without nodelist",
    "on: aes256 and sha256, in a file without nodelist aes256 and sha1",
    { words: ["on", "off"] },
  ],
  ["crypto_model", "str", "nss", "library for encryption; ours is Node's", { words: ["nss", "openssl"] }],
  [
    "crypto_cipher",
    "str",
    "none",
    "encryption; 3des with udp and udpu only",
    { words: ["none", "aes256", "aes192", "aes128", "3des"] },
  ],
  [
    "crypto_hash",
    "str",
    "none",
    "authentication",
    { words: ["none", "md5", "sha1", "sha256", "sha384", "sha512"] },
  ],
  ["keyfile", "str", "/etc/corosync/authkey", "file of the key, from 128 bytes"],
  ["key", "str", null, "the key itself, from 127 characters; used without keyfile"],
]);

const TIMERS = section("totem", [
  ["token", "u32", "3000", "milliseconds without a token until it counts as lost, from 30"],
  ["token_coefficient", "u32", "650", "milliseconds added to token for each node beyond the second"],
  ["token_warning", "u32", "75", "percent of token after which a missing one is logged, to 100; 0 is never"],
  [
    "token_retransmit",
    "u32",
    "token / (token_retransmits_before_loss_const + 0.2)",
    "milliseconds until a token is sent again, from 30",
  ],
  ["token_retransmits_before_loss_const", "u32", "4", "how often a token is sent again before it is lost"],
  ["hold", "u32", "0.8 * token_retransmit - 10", "milliseconds that an idle token is held, from 14"],
  ["join", "u32", "50", "milliseconds between joins while a ring forms, from 30"],
  ["send_join", "u32", "0", "longest random wait before a join, in milliseconds"],
  ["consensus", "u32", "1.2 * token", "milliseconds to agree on members, from 30 and from join"],
  ["merge", "u32", "200", "milliseconds between looks for other rings, from 30"],
  ["downcheck", "u32", "1000", "milliseconds between looks for a missing interface, from 30"],
  ["fail_recv_const", "u32", "2500", "rotations without the missing message until a node counts as failed"],
  ["seqno_unchanged_const", "u32", "30", "idle rotations until the token is held"],
  ["heartbeat_failures_allowed", "u32", "0", "heartbeats that may be missed; 0 turns them off"],
  ["max_network_delay", "u32", "50", "milliseconds that a packet may take, from 30"],
  ["window_size", "u32", "50", "most packets on a ring in one rotation"],
  ["max_messages", "u32", "17", "most packets of a node in one rotation"],
  ["miss_count_const", "u32", "5", "rotations until a missing packet is asked for"],
]);

const KNET = section(
  "totem",
  [
    [
      "link_mode",
      "str",
      "passive",
      "how several links are used",
      { words: ["passive", "active", "rr"], use: "later" },
    ],
    ["knet_pmtud_interval", "u32", "30", "seconds between looks for the packet size of the path"],
    ["knet_mtu", "u32", "0", "packet size; 0 finds it out"],
    [
      "knet_compression_model",
      "str",
      "none",
      "library for compression",
      { words: ["none", "zlib", "lz4", "lz4hc", "lzo2", "lzma", "bzip2", "zstd"] },
    ],
    ["knet_compression_threshold", "u32", "0", "least bytes to compress; 0 is the library's 100"],
    ["knet_compression_level", "i32", "0", "level of the library"],
  ],
  "later",
);

const DROPPED = section(
  "totem",
  [
    ["threads", "u32", "0", "threads for encryption", { use: "stored" }],
    ["nodeid", "u32", null, "node id; in a file without nodelist only", { use: "used" }],
    [
      "rrp_mode",
      "str",
      "none",
      "redundant rings of 2.x: use transport knet",
      { words: ["none", "active", "passive"] },
    ],
    ["rrp_token_expired_timeout", "u32", null, "redundant rings of 2.x"],
    ["rrp_problem_count_timeout", "u32", null, "redundant rings of 2.x"],
    ["rrp_problem_count_threshold", "u32", null, "redundant rings of 2.x"],
    ["rrp_problem_count_mcast_threshold", "u32", null, "redundant rings of 2.x"],
    ["rrp_autorecovery_check_timeout", "u32", null, "redundant rings of 2.x"],
    ["vsftype", "str", null, "virtual synchrony filter of 1.x: see quorum.provider"],
    ["crypto_type", "str", null, "replaced by crypto_model"],
  ],
  "legacy",
);

const INTERFACE = section("totem.interface", [
  ["linknumber", "u8", "0", "the link that the section is about, 0 to 7"],
  ["bindnetaddr", "str", null, "network or address to bind; a nodelist wins"],
  ["mcastaddr", "str", "from cluster_name", "multicast address (udp)"],
  ["broadcast", "str", "no", "broadcast instead of multicast (udp)", { words: YES_NO }],
  ["mcastport", "u16", "5405 + link", "UDP port, with udp also the one before it"],
  ["ttl", "u8", "1", "routers that multicasts pass, plus one (udp)"],
  ["knet_link_priority", "u8", "1", "links of the highest priority are used first", { use: "later" }],
  [
    "knet_ping_interval",
    "u32",
    "token / (2 * knet_pong_count)",
    "milliseconds",
    { maximum: MAX_I32, use: "later" },
  ],
  ["knet_ping_timeout", "u32", "token / knet_pong_count", "milliseconds", { maximum: MAX_I32, use: "later" }],
  ["knet_ping_precision", "u32", "2048", "weight of old latencies", { maximum: MAX_I32, use: "later" }],
  ["knet_pong_count", "u32", "2", "answers until a link is up", { maximum: MAX_I32, use: "later" }],
  ["knet_transport", "str", "udp", "protocol under knet", { words: ["udp", "sctp"], use: "later" }],
  ["ringnumber", "str", "0", "ring of 2.x, replaced by linknumber; in a file without nodelist only"],
  ["member.memberaddr", "str", null, "address of a member (udpu); in a file without nodelist only"],
]);

export const TOTEM_CATALOGUE: readonly CatalogueKey[] = [
  ...CLUSTER,
  ...CRYPTO,
  ...TIMERS,
  ...KNET,
  ...DROPPED,
  ...INTERFACE,
];
