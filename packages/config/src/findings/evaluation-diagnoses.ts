import { displayText } from "../byte-text.ts";
import { catalogueKey, filePath } from "../catalogue/key-catalogue.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import { ACCEPTED_RANGES } from "./accepted-ranges.ts";
import type { Diagnosis, DiagnosisContext } from "./diagnosis.ts";
import { nearest } from "./nearest.ts";
import { means, namelessNodes, nodeNames, ringKeys, withLines } from "./node-lines.ts";

type Keys = NonNullable<Diagnosis["keys"]>;

function textOf(map: ReadonlyConfigMap, key: string): string {
  const found = map.get(key);
  return found === undefined ? "" : found.type === "str" ? displayText(found.value) : String(found.value);
}

/** These keys, whatever is in them. */
const named =
  (...keys: string[]): Keys =>
  () =>
    keys;

/** Keys whose name ends so and whose value is what the message quotes. */
function quoting(name: RegExp, part: number): Keys {
  return ({ map, part: quoted }) =>
    map
      .keys()
      .filter(
        (key) => name.test(key) && textOf(map, key) === quoted(part) && map.position(key) !== undefined,
      );
}

/** Keys of logging sections of this name whose word is not one of the catalogue's. */
function wrongWords(name: (context: DiagnosisContext) => string): Keys {
  return (context) =>
    context.map.keysUnder("logging.").filter((key) => {
      if (!key.endsWith(`.${name(context)}`)) return false;
      const words = catalogueKey(filePath(key))?.words;
      return words !== undefined && !words.includes(textOf(context.map, key).toLowerCase());
    });
}

const ofInterface =
  (name: string): Keys =>
  ({ part }) => [`totem.interface.${part(1)}.${name}`];

const nearestWord = ({ key, value }: DiagnosisContext): string | null =>
  nearest(value, (key === null ? undefined : catalogueKey(filePath(key))?.words) ?? []);

const wordsOf = ({ key }: DiagnosisContext): string =>
  `The words are ${((key === null ? undefined : catalogueKey(filePath(key))?.words) ?? []).join(", ")}.`;

function wrongWord(pattern: RegExp, keys: Keys): Diagnosis {
  return { pattern, mark: "value", keys, reason: wordsOf, suggestion: nearestWord };
}

const TIMERS: Readonly<Record<string, string>> = {
  max_network_delay: "max_network_delay",
  "token timeout": "token",
  "token retransmit timeout": "token_retransmit",
  "token hold timeout": "hold",
  "join timeout": "join",
  "consensus timeout": "consensus",
  "merge timeout": "merge",
  "downcheck timeout": "downcheck",
};

const NEEDED_KEY = ["totem.keyfile", "totem.secauth", "totem.crypto_cipher", "totem.crypto_hash"];

const LOGGING: readonly Diagnosis[] = [
  wrongWord(
    /^unknown value for (\w+)\.$/,
    wrongWords(({ part }) => part(1)),
  ),
  wrongWord(
    /^unknown syslog facility specified\.$/,
    wrongWords(() => "syslog_facility"),
  ),
  wrongWord(
    /^unknown syslog level specified\.$/,
    wrongWords(() => "syslog_level"),
  ),
  wrongWord(
    /^unknown syslog priority specified\.$/,
    wrongWords(() => "syslog_priority"),
  ),
  wrongWord(
    /^unknown logfile priority specified\.$/,
    wrongWords(() => "logfile_priority"),
  ),
  {
    pattern: /^Can't open logfile '(.*)' for reason: (.*) \(\d+\)\.$/s,
    mark: "value",
    keys: quoting(/\.logfile$/, 1),
    reason: "The log file is opened for appending, and its folder has to be there.",
  },
  {
    pattern: /^unable to create new logging subsystem\.$/,
    mark: "value",
    keys: ({ map }) =>
      map
        .keysUnder("logging.logger_subsys.")
        .filter((key) => key.endsWith(".subsys"))
        .slice(-1),
    reason: "The name of a subsystem has at most 63 characters, and there are at most 32 of them.",
  },
];

const STARTING: readonly Diagnosis[] = [
  {
    pattern: /^Cannot chdir to state directory/,
    mark: "value",
    keys: named("system.state_dir"),
    reason:
      "The daemon works in its state directory, which has to be there: mkdir -p, or see system.state_dir.",
  },
  wrongWord(/^Invalid transport type\./, named("totem.transport")),
  {
    pattern: /^crypto_cipher requires crypto_hash/,
    mark: "value",
    keys: named("totem.crypto_cipher", "totem.crypto_hash"),
    reason: "Packets that are encrypted have to be authenticated too.",
    suggestion: () => "crypto_hash: sha256",
  },
  {
    pattern: /^key is too (short|long)$/,
    mark: "value",
    keys: named("totem.key"),
    reason: "A key in the file has 127 to 4095 characters.",
  },
  {
    pattern: /^Could (?:not (?:open|read) (.*): .*|only read \d+ bits of minimum 1024 bits from (.*)\.)$/s,
    mark: "value",
    keys: () => NEEDED_KEY,
    reason: "Encryption and authentication need a key of at least 1024 bits, the same on all nodes.",
    suggestion: ({ part }) => `corosync-keygen -k ${part(1) || part(2)}`,
  },
  {
    pattern: /^totem\.link_mode is too long$/,
    mark: "value",
    keys: named("totem.link_mode"),
    reason: "The words are passive, active, rr.",
  },
  {
    pattern: /^failed to parse (node|bindnet|mcast) address '(.*)'$/s,
    mark: "value",
    keys: quoting(/(_addr|\.bindnetaddr|\.mcastaddr|\.member\.\d+)$/, 2),
    reason: ({ map }) => {
      const version = map.string("totem.ip_version");
      return `It is no address, and no name that this host resolves${version === undefined ? "" : ` with ip_version ${version}`}.`;
    },
  },
  {
    pattern: /^interface ring number (\d+) is bigger/,
    keys: ({ map, part }) =>
      map
        .keys()
        .filter(
          (key) =>
            key.startsWith(`totem.interface.${part(1)}.`) ||
            new RegExp(`\\.ring0*${part(1)}_addr$`).test(key),
        ),
    reason: "Links have the numbers 0 to 7.",
  },
  wrongWord(/^Unrecognised knet_transport\./, ({ map }) =>
    map
      .keysUnder("totem.interface.")
      .filter((key) => key.endsWith(".knet_transport") && !/^(udp|sctp)$/.test(textOf(map, key))),
  ),
  {
    pattern: /^no address of this host is in the network of bindnetaddr/,
    mark: "value",
    keys: named("totem.interface.0.bindnetaddr"),
    reason: ({ environment }) => `The addresses of this host are ${addresses(environment)}.`,
  },
];

const NODES: readonly Diagnosis[] = [
  {
    pattern:
      /^Knet requires (?:an explicit nodeid to be specified|nodeid to be less than 65536) for address '(.*)'\.$/s,
    mark: "value",
    keys: quoting(/_addr$/, 1),
    reason: "With knet each node has a nodeid from 1 to 65535.",
    suggestion: ({ map }) => `nodeid: ${freeNodeId(map)}`,
  },
  {
    pattern:
      /^(Knet requires an explicit nodeid for the local node|An IPV6 network requires that a node ID be specified)/,
    reason:
      "Only an IPv4 address with udp or udpu can stand for the node id; otherwise each node has a nodeid.",
    suggestion: ({ map }) => `nodeid: ${freeNodeId(map)}`,
  },
  {
    pattern: /^No interfaces defined$/,
    reason:
      "No node of the nodelist has an address, and no interface section is there: ring0_addr: ADDRESS in each node.",
  },
  {
    pattern: /^No valid name found for local host$/,
    mark: "value",
    shown: nodeNames,
    reason: (context) =>
      `No node of the nodelist has a name or ring0_addr of this host, which is called ${context.environment?.hostName ?? "?"} and has the addresses ${addresses(context.environment)}. The nodes have ${withLines(context.map, nodeNames(context))}.`,
  },
  {
    pattern: /^Nodeid (\d+) appears twice/,
    mark: "value",
    keys: ({ map, part }) =>
      map
        .keysUnder("nodelist.node.")
        .filter((key) => key.endsWith(".nodeid") && textOf(map, key) === part(1))
        .slice(1),
    reason: "Each node has a nodeid of its own.",
    suggestion: ({ map }) => String(freeNodeId(map)),
  },
  {
    pattern: /^for a multi-link configuration/,
    shown: namelessNodes,
    reason: (context) =>
      `With several links the nodes are told apart by their names: name: NAME in each node. Without one are the nodes with ${withLines(context.map, namelessNodes(context))}.`,
  },
  {
    pattern: /^Not all nodes have the same number of links$/,
    shown: ({ map }) => ringKeys(map, "[0-9]+"),
    reason: ({ map }) =>
      `Each link has an address of every node, and an interface section is a link too. The nodes have ${withLines(map, ringKeys(map, "[0-9]+"))}.`,
  },
  {
    pattern: /^Nodes for link (\d+) have different IP families \(compared (\S+) with/,
    mark: "value",
    shown: ({ map, environment, part }) => {
      const keys = ringKeys(map, part(1));
      const other = keys.filter((key) => means(map.text(key) ?? "", part(2), environment));
      return [...other, ...keys];
    },
    reason: ({ map, part }) =>
      `All addresses of a link are IPv4, or all are IPv6. The nodes have ${withLines(map, ringKeys(map, part(1)))}.`,
  },
  { pattern: /^\d+ is too many configured interfaces/, reason: "Only transport knet has several links." },
  { pattern: /^more than 384 /, reason: "A cluster has at most 384 nodes." },
  wrongWord(/^The Knet link mode /, named("totem.link_mode")),
];

const TOTEM: readonly Diagnosis[] = [
  {
    pattern: /^This totem parser can only parse version 2/,
    mark: "value",
    keys: named("totem.version"),
    reason: "The totem section has to say which format the file has.",
    suggestion: () => "version: 2",
  },
  {
    pattern: /^No multicast address specified for interface (\d+)$/,
    keys: ofInterface("mcastaddr"),
    reason:
      "udp needs totem.cluster_name, from which it makes an address, or mcastaddr in the interface section.",
  },
  {
    pattern: /^No multicast port specified for interface (\d+)$/,
    mark: "value",
    keys: ofInterface("mcastport"),
    reason: "0 is no port.",
    suggestion: () => "5405",
  },
  {
    pattern: /^Can only set ttl on multicast transport types for interface (\d+)$/,
    keys: ofInterface("ttl"),
    reason: "Only transport udp has a ttl: leave the line out.",
  },
  {
    pattern: /^Can only set link priority on knet transport type for interface (\d+)$/,
    keys: ofInterface("knet_link_priority"),
    reason: "Only transport knet has priorities: leave the line out.",
  },
  {
    pattern: /^Multicast address family does not match bind address family for interface (\d+)$/,
    mark: "value",
    keys: ofInterface("mcastaddr"),
    reason: "mcastaddr and the node's address are both IPv4 or both IPv6.",
  },
  {
    pattern: /^mcastaddr is not a correct multicast address for interface (\d+)$/,
    mark: "value",
    keys: ofInterface("mcastaddr"),
    reason:
      "Multicast addresses are 224.0.0.0 to 239.255.255.255; 239.192.0.0 and up are for use within a site.",
  },
  {
    pattern: /^The consensus timeout parameter \(.*\) may not be less than join timeout/,
    mark: "value",
    keys: ({ map }) => ["totem.consensus", "totem.join"].filter((key) => map.position(key) !== undefined),
    reason: "Nodes agree in the time of consensus by means of joins, sent in intervals of join.",
  },
  {
    pattern: /^The (.*?) parameter \((-?\d+) ms\) may not be less than \((\d+) ms\)\.$/,
    mark: "value",
    keys: ({ part, map }) => {
      const key = `totem.${TIMERS[part(1)] ?? part(1)}`;
      return map.position(key) === undefined ? ["totem.token"] : [key];
    },
    reason: ({ part }) => `It has at least ${part(3)} ms: the daemon does not tell shorter times apart.`,
    suggestion: ({ part, key }) => String(ACCEPTED_RANGES[key ?? ""]?.[0] ?? part(3)),
  },
  {
    pattern: /^The token warning parameter/,
    mark: "value",
    keys: named("totem.token_warning"),
    reason: "It is a percentage of token; 0 turns the warning off.",
    suggestion: () => "75",
  },
  {
    pattern: /^Not appropriate token or token_retransmits_before_loss_const/,
    mark: "value",
    keys: ({ map }) =>
      ["totem.token_retransmits_before_loss_const", "totem.token"].filter(
        (key) => map.position(key) !== undefined,
      ),
    reason:
      "token / (token_retransmits_before_loss_const + 0.2) is the time between retransmits, from 30 ms.",
  },
  {
    pattern: /^Priority value .* is invalid$/s,
    mark: "value",
    keys: named("system.priority"),
    reason: "It is a number, max or min.",
  },
];

/** The errors that come of what the keys mean together (spec config 3). */
export const EVALUATION_DIAGNOSES: readonly Diagnosis[] = [...LOGGING, ...STARTING, ...NODES, ...TOTEM];

function addresses(environment: DiagnosisContext["environment"]): string {
  return environment?.interfaces.map(({ address }) => address.text).join(", ") || "none";
}

/** The least node id that no node of the list has. */
export function freeNodeId(map: ReadonlyConfigMap): number {
  const taken = new Set(map.keysUnder("nodelist.node.").map((key) => map.number(key, "u32")));
  for (let nodeId = 1; ; nodeId++) if (!taken.has(nodeId)) return nodeId;
}
