import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { strerror } from "@corosync/errno";
import { type Authkey, AuthkeyError, authkeyFromBytes, MAX_AUTHKEY_BYTES } from "./authkey.ts";

const GROUP_OR_WORLD_READABLE = 0o044;

/** A key that was read, and what is doubtful about its file. */
export interface AuthkeyFile {
  readonly key: Authkey;
  /**
   * Text to log when people other than root and this process's user can read the key, else null. Corosync makes no such
   * check (spec config-and-tools 11), so it is a finding and not an error.
   */
  readonly warning: string | null;
}

/**
 * Reads a key file: its first 4096 bytes, of which there must be 128.
 * @throws AuthkeyError with the text of the C daemon: `Could not open F: …`, `Could not read F: …`,
 *   `Could only read N bits of minimum 1024 bits from F.`
 */
export function readAuthkey(path: string): AuthkeyFile {
  const descriptor = attempt("open", path, () => openSync(path, "r"));
  try {
    const status = attempt("read", path, () => fstatSync(descriptor));
    const content = new Uint8Array(MAX_AUTHKEY_BYTES);
    const lengthBytes = attempt("read", path, () => readUpTo(descriptor, content));
    try {
      return {
        key: authkeyFromBytes(content.subarray(0, lengthBytes), path),
        warning: accessFinding(path, status),
      };
    } finally {
      content.fill(0);
    }
  } finally {
    closeSync(descriptor);
  }
}

function attempt<T>(verb: "open" | "read", path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new AuthkeyError(`Could not ${verb} ${path}: ${strerror(error)}`, { cause: error });
  }
}

function readUpTo(descriptor: number, content: Uint8Array): number {
  let filled = 0;
  while (filled < content.length) {
    const count = readSync(descriptor, content, filled, content.length - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

function accessFinding(path: string, { mode, uid }: Stats): string | null {
  if (uid !== 0 && uid !== process.geteuid?.()) {
    return `Authkey ${path} belongs to user ${uid}, who can read and replace it; it should belong to root.`;
  }
  if ((mode & GROUP_OR_WORLD_READABLE) === 0) return null;
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  const readers = (mode & 0o004) !== 0 ? "everyone" : "its group";
  return `Authkey ${path} has mode ${octal} and can be read by ${readers}; it should be 0400.`;
}
