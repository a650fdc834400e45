import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

export const FOLDER_PREFIX = "corosync-";
/** Holds the pid of the process that removes the folder at its end; absent when it is to be kept. */
export const OWNER_FILE = "local-cluster.pid";

/**
 * Removes the folders of clusters whose process was killed and could not do it. Only this user's own
 * folders with the pid of a process that lives no more are touched; all others stay.
 */
export function removeAbandonedFolders(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const path = join(parent, name);
    try {
      if (isAbandoned(path)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else's, or gone meanwhile: nothing to do with it.
    }
  }
}

function isAbandoned(path: string): boolean {
  const status = lstatSync(path);
  if (!status.isDirectory() || status.uid !== process.getuid?.()) return false;
  const text = readFileSync(join(path, OWNER_FILE), "utf8");
  return /^\d{1,9}\n$/.test(text) && !isAlive(Number(text));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is another user's.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
