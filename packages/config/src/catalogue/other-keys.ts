import { type CatalogueKey, ON_OFF, section, YES_NO } from "./catalogue-key.ts";

const SWITCH: readonly string[] = ["yes", "no", "on", "off"];
const PRIORITIES: readonly string[] = "alert crit debug emerg err error info notice warning".split(" ");
export const SYSLOG_FACILITIES: readonly string[] = (
  "auth authpriv cron daemon ftp kern lpr mail news syslog user uucp " +
  "local0 local1 local2 local3 local4 local5 local6 local7"
).split(" ");

const NODE = section("nodelist.node", [
  ["nodeid", "u32", "the IPv4 address; none for knet", "node id, below 65536 for knet; 0 is none"],
  ["name", "str", null, "name of the node; this node is the one with this machine's name or address"],
  ["ringX_addr", "str", null, "address or name on link X, 0 to 7"],
  ["quorum_votes", "u32", "1", "votes of the node", { use: "later" }],
]);

/** What the top level and each subsystem may have. */
function loggingKeys(path: string): CatalogueKey[] {
  return section(path, [
    ["to_stderr", "str", "yes", "log to stderr", { words: SWITCH }],
    ["to_syslog", "str", "yes", "log to syslog", { words: SWITCH }],
    ["to_logfile", "str", "no", "log to logfile", { words: SWITCH }],
    ["logfile", "str", null, "path of the log file"],
    ["logfile_priority", "str", "info", "least severe level for file and stderr", { words: PRIORITIES }],
    ["syslog_facility", "str", "daemon", "facility for syslog", { words: SYSLOG_FACILITIES }],
    ["syslog_priority", "str", "info", "least severe level for syslog", { words: PRIORITIES }],
    ["debug", "str", "off", "log at level debug, or trace", { words: ["on", "off", "trace"] }],
    ["to_file", "str", null, "replaced by to_logfile", { words: SWITCH, use: "legacy" }],
    ["syslog_level", "str", null, "replaced by syslog_priority", { words: PRIORITIES, use: "legacy" }],
  ]);
}

const LOGGING: readonly CatalogueKey[] = [
  ...section("logging", [
    ["timestamp", "str", "hires", "time in front of a line", { words: ["on", "off", "hires"] }],
    ["fileline", "str", "off", "place in the sources", { words: ON_OFF }],
    ["function_name", "str", "off", "name of the function", { words: ON_OFF }],
    ["blackbox", "str", "on", "flight recorder", { words: ON_OFF }],
    ["json", "str", "no", "one JSON object a line", { words: SWITCH, use: "own" }],
  ]),
  ...loggingKeys("logging"),
  ...section("logging.logger_subsys", [
    ["subsys", "str", null, "the subsystem that the section is about"],
    ["tags", "str", null, "kinds of messages of 1.x", { use: "legacy" }],
  ]),
  ...loggingKeys("logging.logger_subsys"),
  ...section("logging.logging_daemon", [
    ["name", "str", null, "the daemon that the section is about; corosync is this one"],
    ["subsys", "str", null, "a subsystem of that daemon"],
  ]),
  ...loggingKeys("logging.logging_daemon"),
];

const SYSTEM = section("system", [
  [
    "qb_ipc_type",
    "str",
    "native",
    "carrier between clients and daemon",
    { words: ["native", "shm", "socket"] },
  ],
  ["sched_rr", "str", "yes", "real-time scheduling", { words: YES_NO }],
  ["priority", "str", null, "nice value without sched_rr: a number, max or min"],
  ["move_to_root_cgroup", "str", "auto", "leave the control group", { words: ["yes", "no", "auto"] }],
  ["allow_knet_handle_fallback", "str", "no", "knet without privileges", { words: YES_NO, use: "later" }],
  ["state_dir", "str", "/var/lib/corosync", "working directory"],
  ["ipc_socket_dir", "str", null, "folder of the service sockets", { use: "own" }],
]);

const QUORUM = section(
  "quorum",
  [
    ["provider", "str", null, "quorum algorithm", { words: ["corosync_votequorum", "corosync_ykd"] }],
    ["expected_votes", "u32", "sum of the nodes' votes", "votes of the whole cluster"],
    ["votes", "u32", "1", "votes of this node without nodelist"],
    ["two_node", "u8", "0", "one of two nodes is enough"],
    ["wait_for_all", "u8", "two_node", "first quorum only with all nodes"],
    ["last_man_standing", "u8", "0", "expected votes follow the members"],
    ["last_man_standing_window", "u32", "10000", "milliseconds until they do"],
    ["auto_tie_breaker", "u8", "0", "half of the votes can be enough"],
    ["auto_tie_breaker_node", "str", "lowest", "lowest, highest, or node ids"],
    ["allow_downscale", "u8", "0", "nodes that leave lower the expected votes"],
    ["expected_votes_tracking", "u8", "0", "remember the highest expected votes"],
    ["leaving_timeout", "u32", "10000", "not used by C any more", { use: "stored" }],
    ["device.model", "str", null, "kind of the quorum device, such as net"],
    ["device.votes", "u32", "sum of the nodes' votes - 1", "votes of the device"],
    ["device.timeout", "u32", "10000", "milliseconds without word of the device"],
    ["device.sync_timeout", "u32", "30000", "the same during a synchronization"],
    ["device.master_wins", "u8", "0", "the device's partition wins"],
  ],
  "later",
);

const RESOURCES = [
  ...section(
    "resources",
    [
      ["watchdog_device", "str", null, "device of the watchdog, or off"],
      ["watchdog_timeout", "u32", "6", "seconds until the watchdog acts, 2 to 120"],
      ...["system.load_15min", "system.memory_used"].flatMap((name) => [
        [`${name}.max`, "str", null, "limit"] as const,
        [`${name}.recovery`, "str", null, "what happens above it"] as const,
      ]),
      ["system.load_15min.poll_period", "u64", "3000", "milliseconds between looks"],
      ["system.memory_used.poll_period", "u64", "3000", "milliseconds between looks"],
    ],
    "later",
  ),
];

const NOZZLE = section(
  "nozzle",
  [
    ["name", "str", null, "name of the network device"],
    ["ipaddr", "str", null, "its network"],
    ["ipprefix", "str", null, "prefix of the network"],
    ["macaddr", "str", "54:54:01:00:00:00", "its hardware address"],
  ],
  "later",
);

const UIDGID = section("uidgid", [
  ["uid", "str", null, "user, by number or name, whose programs may connect"],
  ["gid", "str", null, "group, by number or name, whose programs may connect"],
]);

const LEGACY = [
  ...section("qb", [["ipc_type", "str", null, "replaced by system.qb_ipc_type", { use: "legacy" }]]),
];

export const OTHER_CATALOGUE: readonly CatalogueKey[] = [
  ...NODE,
  ...LOGGING,
  ...SYSTEM,
  ...QUORUM,
  ...RESOURCES,
  ...NOZZLE,
  ...UIDGID,
  ...LEGACY,
];
