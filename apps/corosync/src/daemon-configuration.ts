import type { Authkey, CipherName, HashName } from "@corosync/crypto";
import type { Member, TotemConfig } from "@corosync/totem";
import type { LogSettings } from "./logging/settings.ts";

/** What of corosync.conf the daemon needs, with every default filled in. */
export interface DaemonConfiguration {
  readonly logging: LogSettings;
  readonly stateDirectory: string;
  readonly ring: RingConfiguration;
  /** Folder of the service sockets, or null for the abstract names of libqb. */
  readonly ipcSocketDirectory: string | null;
  /** Users and groups whose programs may connect, besides root and the daemon's own user. */
  readonly clientUids: ReadonlySet<number>;
  readonly clientGids: ReadonlySet<number>;
  /** Findings that do not keep the daemon from starting, in the order in which they are logged. */
  readonly warnings: readonly string[];
}

export interface RingConfiguration {
  readonly totem: TotemConfig;
  readonly nodeId: number;
  readonly members: readonly Member[];
  readonly bindAddress: string;
  readonly port: number;
  readonly cipher: CipherName;
  readonly hash: HashName;
  /** Null when neither cipher nor hash needs one. */
  readonly key: Authkey | null;
}
