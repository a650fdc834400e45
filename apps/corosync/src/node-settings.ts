import { resolve } from "node:path";
import {
  type Configuration,
  findBindAddress,
  inlineKey,
  localInterfaces,
  parseIpAddress,
} from "@corosync/config";
import {
  type Authkey,
  AuthkeyError,
  authkeyFromConfig,
  type CipherName,
  type HashName,
  readAuthkey,
} from "@corosync/crypto";
import type { Member, TotemConfig, TransportChoice } from "@corosync/totem";
import { DaemonExit } from "./daemon-exit.ts";
import { EXIT } from "./exit-code.ts";

/** What a node's ring and services are started with. */
export interface NodeSettings {
  readonly nodeId: number;
  readonly transport: TransportChoice;
  readonly totem: TotemConfig;
  readonly members: readonly Member[];
  /** The members are not all listed, or not with their ids. */
  readonly discoverMembers: boolean;
  /** The local address to bind, or null while this machine has none that suits (spec config 3.7). */
  findBindAddress(): string | null;
  readonly port: number;
  readonly cipher: CipherName;
  readonly hash: HashName;
  /** Null when neither cipher nor hash needs one. */
  readonly key: Authkey | null;
  readonly stateDirectory: string;
  /** Folder of the service sockets, or null for the abstract names of libqb. */
  readonly ipcSocketDirectory: string | null;
  /** Users and groups whose programs may connect, besides root and the daemon's own user. */
  readonly clientUids: ReadonlySet<number>;
  readonly clientGids: ReadonlySet<number>;
}

/**
 * The part of a configuration that a node is started with, with its key.
 *
 * @param warn takes findings that do not keep the daemon from starting
 * @throws DaemonExit 8 when it asks for what this version does not do, or the key cannot be read
 */
export function nodeSettings(configuration: Configuration, warn: (text: string) => void): NodeSettings {
  const { nodeId, totem, members, port, crypto, system, cmap } = configuration;
  const wanted = parseIpAddress(configuration.wantedBindAddress ?? "");
  if (wanted === null) {
    throw new DaemonExit(EXIT.configuration, "This node has no address: set its ring0_addr in the nodelist.");
  }
  return {
    nodeId,
    transport: ringTransport(configuration),
    totem,
    members: members.map((member) => ({ nodeId: member.nodeId, address: member.address })),
    discoverMembers: !configuration.membersListed,
    findBindAddress: () => findBindAddress(wanted, localInterfaces())?.text ?? null,
    port,
    cipher: crypto.cipher,
    hash: crypto.hash,
    key: ringKey(configuration, warn),
    // The daemon moves there, and a relative path would lead on from it.
    stateDirectory: resolve(system.stateDirectory),
    ipcSocketDirectory: system.ipcSocketDirectory,
    clientUids: idsUnder(cmap, "uidgid.config.uid."),
    clientGids: idsUnder(cmap, "uidgid.config.gid."),
  };
}

function ringTransport({ transport, multicast }: Configuration): TransportChoice {
  if (transport === "udpu") return transport;
  if (multicast !== null) return { kind: "udp", ...multicast };
  const text = `This version does not serve transport ${transport}: set "transport: udpu" or "transport: udp" in the totem section.`;
  throw new DaemonExit(EXIT.configuration, text);
}

function ringKey({ crypto, cmap, system }: Configuration, warn: (text: string) => void): Authkey | null {
  const { keySource } = crypto;
  try {
    if (keySource.from === "none") return null;
    if (keySource.from === "configuration") return authkeyFromConfig(inlineKey(cmap)!);
    const { key, warning } = readAuthkey(resolve(system.stateDirectory, keySource.path));
    if (warning !== null) warn(warning);
    return key;
  } catch (error) {
    if (!(error instanceof AuthkeyError)) throw error;
    throw new DaemonExit(EXIT.configuration, error.message, { cause: error });
  }
}

/** The numbers that stand at the end of keys, as uidgid sections are stored (spec config 2.7). */
function idsUnder(cmap: Configuration["cmap"], prefix: string): ReadonlySet<number> {
  return new Set(cmap.keysUnder(prefix).map((key) => Number(key.slice(prefix.length))));
}
