import type { CmapValue } from "../cmap-value.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { CryptoSettings } from "./crypto-settings.ts";
import type { IpFamily } from "./ip-address.ts";
import type { Transport } from "./link.ts";
import type { LogSettings } from "./log-settings.ts";
import type { IpVersion } from "./name-resolution.ts";
import type { SystemSettings } from "./system-settings.ts";
import type { TotemConfig } from "./totem-timers.ts";

/** A node and its address on one link. */
export interface Member {
  readonly nodeId: number;
  /** The node's `name`, or null. */
  readonly name: string | null;
  /** In numbers. */
  readonly address: string;
  readonly family: IpFamily;
}

/** One link: the only one of udp and udpu, one of up to eight of knet. */
export interface LinkSettings {
  readonly linkNumber: number;
  /** The address of this node on the link, in numbers; null when it has none. */
  readonly localAddress: string | null;
  readonly port: number;
  /** In the order of cmap (spec config 1.5). */
  readonly members: readonly Member[];
  readonly knet: {
    readonly transport: "udp" | "sctp";
    readonly priority: number;
    readonly pingIntervalMs: number;
    readonly pingTimeoutMs: number;
    readonly pingPrecision: number;
    readonly pongCount: number;
  };
}

/** Where udp sends what is for everybody. */
export interface MulticastSettings {
  readonly address: string;
  readonly ttl: number;
  readonly broadcast: boolean;
}

/** A complete, valid configuration. */
export interface Configuration {
  readonly transport: Transport;
  readonly totem: TotemConfig;
  readonly clusterName: string | null;
  /** 0 is none. */
  readonly configVersion: bigint;
  readonly nodeId: number;
  /** Null in a file without nodelist. */
  readonly localNode: {
    /** The node's number in the nodelist. */
    readonly position: number;
    readonly name: string | null;
  } | null;
  /** The nodes on the first link, this one included, in the order of cmap. */
  readonly members: readonly Member[];
  /**
   * Whether the nodelist has all members. Without one, others may be in the ring too, and those in
   * `members` may have other ids: they are known when they are heard.
   */
  readonly membersListed: boolean;
  /**
   * The local address that udp and udpu bind, in numbers (spec config 3.7); null while no interface
   * suits, and the daemon looks again with `findBindAddress`.
   */
  readonly bindAddress: string | null;
  /**
   * What `bindAddress` was looked up for: an address of this machine, or of one of its networks; null
   * when the configuration gives this node none, which C finds out at a start only.
   */
  readonly wantedBindAddress: string | null;
  /** The port of the first link. */
  readonly port: number;
  readonly ipVersion: IpVersion;
  readonly linkMode: "passive" | "active" | "rr";
  readonly links: readonly LinkSettings[];
  /** Null but for udp. */
  readonly multicast: MulticastSettings | null;
  readonly crypto: CryptoSettings;
  readonly logging: LogSettings;
  readonly system: SystemSettings;
  /** The keys of the quorum section, which the quorum service reads. */
  readonly quorum: ReadonlyMap<string, CmapValue>;
  /** Everything as cmap keys: from the files, and what evaluation adds. */
  readonly cmap: ReadonlyConfigMap;
  /** Texts of our own that a start logs at level warning by MAIN: keys and values that have no effect. */
  readonly unusedKeyWarnings: readonly string[];
  /** Texts to log at level warning by MAIN, in this order. */
  readonly warnings: readonly string[];
}
