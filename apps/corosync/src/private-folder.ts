import { statSync } from "node:fs";

/** Permissions of the group and of others. */
const OF_OTHERS = 0o077;

/**
 * Whether only a user's own processes, and root's, can reach what is in a folder: it belongs to the user,
 * and neither its group nor others have any right to it. False for a folder that cannot be looked at.
 */
export function isPrivateFolder(path: string, uid: number): boolean {
  try {
    const folder = statSync(path);
    return folder.isDirectory() && folder.uid === uid && (folder.mode & OF_OTHERS) === 0;
  } catch {
    return false;
  }
}
