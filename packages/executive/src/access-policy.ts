import type { PeerCredentials } from "@corosync/ipc";

/** Whether a client may connect. */
export type AccessPolicy = (credentials: PeerCredentials | null) => boolean;

/** Who may connect. */
export interface AccessRules {
  /** User of the daemon itself; its own programs may connect. */
  readonly daemonUid: number;
  /** Users and groups that the configuration lets in (`uidgid`). Only a client's primary group counts. */
  readonly uids?: ReadonlySet<number>;
  readonly gids?: ReadonlySet<number>;
  /** What happens to clients whose carrier cannot tell who they are. */
  readonly unidentified: "accept" | "refuse";
}

/**
 * Who may connect (spec ipc 3.4): root, group 0, the daemon's own user, and the listed users and groups.
 * The sets are read at each connect, so they may change.
 */
export function accessPolicy(rules: AccessRules): AccessPolicy {
  return (credentials) => {
    if (credentials === null) return rules.unidentified === "accept";
    const { uid, gid } = credentials;
    if (uid === 0 || gid === 0 || uid === rules.daemonUid) return true;
    return rules.uids?.has(uid) === true || rules.gids?.has(gid) === true;
  };
}
