export interface ConfigOptions {
  /** Default "udpu". */
  readonly transport?: "udpu" | "udp" | "knet";
  /** Of the nodes' addresses. Default "ipv4". */
  readonly family?: "ipv4" | "ipv6";
  /** With transport udp: broadcasts instead of a multicast group. Default false. */
  readonly broadcast?: boolean;
  /** Network or address to bind, of the interface section. Default with udp: the lab's network; else none. */
  readonly bindnetaddr?: string;
  /** With transport udp: networks that multicasts may cross. Default 1. */
  readonly ttl?: number;
  /** Cipher and hash as corosync.conf names them. Default none. */
  readonly crypto?: { readonly cipher: string; readonly hash: string };
  readonly tokenTimeoutMs?: number;
  /** Further keys of the totem section, as they are. */
  readonly totem?: Readonly<Record<string, string | number>>;
  /** Whether corosync_votequorum is configured. Default false. */
  readonly votequorum?: boolean;
  /** Default false. */
  readonly debug?: boolean;
  /**
   * Whether daemons may run with real-time priority, as C does by default. Default false: all hosts share
   * this machine's processors, and a C daemon that waits for room on the ring is busy all the while, so
   * a few of them at real-time priority would leave no time for anything else, our daemons included.
   */
  readonly realTime?: boolean;
  /** Hosts in the nodelist. Default all hosts of the lab. */
  readonly hosts?: readonly number[];
}

/** One section of corosync.conf: keys and, in the same order, sections within. */
type Section = readonly (readonly [string, string | number | Section])[];

/** The text of a corosync.conf for a cluster of the given hosts; node ids are host numbers. */
export function corosyncConf(
  clusterName: string,
  addressOf: (host: number) => string,
  hosts: readonly number[],
  options: ConfigOptions,
): string {
  const transport = options.transport ?? "udpu";
  const totem: [string, string | number | Section][] = [
    ["version", 2],
    ["cluster_name", clusterName],
    ["transport", transport],
  ];
  if (options.crypto !== undefined) {
    totem.push(["crypto_cipher", options.crypto.cipher], ["crypto_hash", options.crypto.hash]);
  } else if (transport === "knet") {
    totem.push(["crypto_cipher", "none"], ["crypto_hash", "none"]);
  }
  if (options.tokenTimeoutMs !== undefined) {
    // Without the coefficient the timeout grows with the number of nodes (spec totem 5).
    totem.push(["token", options.tokenTimeoutMs], ["token_coefficient", 0]);
  }
  for (const entry of Object.entries(options.totem ?? {})) totem.push(entry);
  if (transport === "udp") {
    if (options.family !== undefined) totem.push(["ip_version", options.family]);
    totem.push(["interface", multicastInterface(addressOf(0), options)]);
  } else if (options.bindnetaddr !== undefined) {
    totem.push([
      "interface",
      [
        ["linknumber", 0],
        ["bindnetaddr", options.bindnetaddr],
      ],
    ]);
  }
  const sections: [string, Section][] = [
    ["totem", totem],
    ["logging", loggingSection(options.debug ?? false)],
    ["nodelist", hosts.map((host) => ["node", nodeSection(clusterName, host, addressOf(host))] as const)],
  ];
  if (!(options.realTime ?? false)) sections.push(["system", [["sched_rr", "no"]]]);
  if (options.votequorum ?? false) sections.push(["quorum", [["provider", "corosync_votequorum"]]]);
  return formatSection(sections, "");
}

function multicastInterface(
  networkAddress: string,
  { broadcast, family, bindnetaddr, ttl }: ConfigOptions,
): Section {
  const group = family === "ipv6" ? "ff15::1:1" : "239.255.1.1";
  return [
    ["linknumber", 0],
    ["bindnetaddr", bindnetaddr ?? networkAddress],
    broadcast === true ? ["broadcast", "yes"] : ["mcastaddr", group],
    ["mcastport", 5405],
    ["ttl", ttl ?? 1],
  ];
}

function loggingSection(debug: boolean): Section {
  return [
    ["to_syslog", "no"],
    ["to_stderr", "yes"],
    ["to_logfile", "no"],
    ["timestamp", "hires"],
    ["debug", debug ? "on" : "off"],
  ];
}

function nodeSection(clusterName: string, host: number, address: string): Section {
  return [
    ["ring0_addr", address],
    ["nodeid", host],
    ["name", `${clusterName}${host}`],
  ];
}

function formatSection(section: Section, indent: string): string {
  let text = "";
  for (const [key, value] of section) {
    text +=
      typeof value === "object"
        ? `${indent}${key} {\n${formatSection(value, `${indent}  `)}${indent}}\n`
        : `${indent}${key}: ${value}\n`;
  }
  return text;
}
