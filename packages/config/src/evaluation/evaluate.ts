import { unusedKeys, unusedKeyWarnings } from "../catalogue/unused-keys.ts";
import { ConfigError } from "../config-error.ts";
import type { ConfigMap } from "../config-map.ts";
import { findBindAddress } from "./bind-address.ts";
import type { Configuration, LinkSettings, Member, MulticastSettings } from "./configuration.ts";
import type { ConfigEnvironment } from "./environment.ts";
import { ineffectiveSettingWarnings } from "./ineffective-settings.ts";
import type { Link } from "./link.ts";
import type { LogSettings } from "./log-settings.ts";
import { readLogging } from "./read-logging.ts";
import { readTotem, type TotemReading } from "./read-totem.ts";
import {
  checkStateDirectory,
  readStateDirectory,
  readSystem,
  type SystemSettings,
} from "./system-settings.ts";
import { warningTexts } from "./totem-draft.ts";
import { validateTotem } from "./totem-validation.ts";

/** What an evaluation takes for granted. */
export interface EvaluationOptions {
  /** As `corosync -t`: what only a start looks at is not checked. */
  readonly testOnly?: boolean;
}

/** What evaluation came to: a configuration, or an error with what was known before it. */
export type Evaluation =
  | { readonly configuration: Configuration; readonly error: null }
  | {
      readonly configuration: null;
      readonly error: ConfigError;
      /** How to log the error; null when logging itself is at fault. */
      readonly logging: LogSettings | null;
      /** Texts to log at level warning by MAIN before the error. */
      readonly warnings: readonly string[];
    };

/**
 * Turns the keys of the files into a configuration, step by step as the C daemon does
 * (spec config 3.1), and stops at the first error.
 * @param map is completed with the keys that evaluation finds out
 */
export function evaluate(
  map: ConfigMap,
  environment: ConfigEnvironment,
  { testOnly = false }: EvaluationOptions = {},
): Evaluation {
  let logging: LogSettings | null = null;
  let warnings: readonly string[] = [];
  try {
    logging = readLogging(map, environment);
    const stateDirectory = readStateDirectory(map, environment);
    checkStateDirectory(stateDirectory, environment);
    const reading = readTotem(map, environment, stateDirectory);
    warnings = warningTexts(reading.draft.warnings);
    validateTotem(reading.draft, reading.totem);
    const system = readSystem(map, environment, testOnly);
    return { configuration: configuration(reading, logging, system, warnings), error: null };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { configuration: null, error, logging, warnings };
  }
}

function configuration(
  { draft, crypto, totem }: TotemReading,
  logging: LogSettings,
  system: SystemSettings,
  warnings: readonly string[],
): Configuration {
  const { map, environment, transport, configuredLinks } = draft;
  const links = configuredLinks.map((link) => linkSettings(draft.map, link));
  // Validation has made sure of a local node, where there is a list, and of a link.
  const position = map.number("nodelist.local_node_pos", "u32");
  const first = configuredLinks[0]!;
  const own = configuredLinks.find(({ bindAddress, localAddress }) => bindAddress ?? localAddress);
  const wanted =
    (transport === "knet" ? own?.localAddress : null) ?? own?.bindAddress ?? own?.localAddress ?? null;
  const bound =
    transport === "knet" || wanted === null ? wanted : findBindAddress(wanted, environment.interfaces);
  return {
    transport,
    totem,
    clusterName: map.string("totem.cluster_name") ?? null,
    configVersion: configVersion(map),
    nodeId: draft.nodeId,
    localNode: position === undefined ? null : { position, name: nodeName(map, position) },
    members: links[0]!.members,
    membersListed: !draft.withoutNodelist,
    bindAddress: bound?.text ?? null,
    wantedBindAddress: wanted?.text ?? null,
    port: first.port,
    ipVersion: draft.ipVersion,
    linkMode: linkMode(map),
    links,
    multicast: transport === "udp" ? multicast(first, draft.broadcast) : null,
    crypto,
    logging,
    system,
    quorum: new Map(map.keysUnder("quorum.").map((key) => [key, map.get(key)!])),
    cmap: map,
    unusedKeyWarnings: [...unusedKeyWarnings(unusedKeys(map)), ...ineffectiveSettingWarnings(map)],
    warnings,
  };
}

function linkSettings(map: ConfigMap, link: Link): LinkSettings {
  return {
    linkNumber: link.linkNumber,
    localAddress: link.localAddress?.text ?? null,
    port: link.port,
    members: link.members.map(({ nodeId, position, address }): Member => {
      return { nodeId, name: nodeName(map, position), address: address.text, family: address.family };
    }),
    knet: {
      transport: link.knetTransport,
      priority: link.priority,
      pingIntervalMs: link.pingIntervalMs,
      pingTimeoutMs: link.pingTimeoutMs,
      pingPrecision: link.pingPrecision,
      pongCount: link.pongCount,
    },
  };
}

function nodeName(map: ConfigMap, position: number): string | null {
  return map.string(`nodelist.node.${position}.name`) ?? null;
}

function multicast({ multicastAddress, ttl }: Link, broadcast: boolean): MulticastSettings | null {
  return multicastAddress === null ? null : { address: multicastAddress.text, ttl, broadcast };
}

function configVersion(map: ConfigMap): bigint {
  const value = map.get("totem.config_version");
  return value?.type === "u64" ? value.value : 0n;
}

function linkMode(map: ConfigMap): Configuration["linkMode"] {
  const word = map.text("totem.link_mode");
  return word === "active" || word === "rr" ? word : "passive";
}
