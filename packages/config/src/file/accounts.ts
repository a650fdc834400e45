import { LineError } from "../config-error.ts";

/** Looks up local users and groups; null when there is no such name. */
export interface AccountLookup {
  /** The number of a user; null when there is none of that name. */
  userId(name: string): number | null;
  /** The number of a group; null when there is none of that name. */
  groupId(name: string): number | null;
}

/** 2^32 - 1 is nobody's: it stands for "no user" in the system's calls. */
const MAX_ID = 0xffff_fffe;
const NUMBER = /^[ \t\n\v\f\r]*[+-]?[0-9]{1,18}$/;

/**
 * The cmap key of a `uid` or `gid` line: a number, or a name of the user or group database
 * (spec config 2.7).
 * @throws LineError for a name that is unknown
 */
export function accessKey(kind: "uid" | "gid", value: string, accounts: AccountLookup): string {
  return `uidgid.config.${kind}.${accountNumber(kind, value, accounts)}`;
}

function accountNumber(kind: "uid" | "gid", value: string, accounts: AccountLookup): number {
  if (NUMBER.test(value)) {
    const number = Number(value);
    if (number >= 0 && number <= MAX_ID) return Math.abs(number);
  }
  const found = kind === "uid" ? accounts.userId(value) : accounts.groupId(value);
  if (found !== null) return found;
  throw new LineError(
    kind === "uid"
      ? `The '${value}' user is not found in /etc/passwd, please read the documentation.`
      : `The '${value}' group is not found in /etc/group, please read the documentation.`,
  );
}
