import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { lstat, mkdir, rmdir } from "node:fs/promises";
import type { IdentityCheck, IdentityProof } from "../byte-channel.ts";
import type { PeerCredentials } from "../connection.ts";

/**
 * Who a client is, shown by whose directory it can make (spec ipc 10.5). A directory, because a file
 * of someone else can be borrowed with a hard link. The process id stays unknown (0).
 */
const PLACE = "/dev/shm";

function proofPath(challenge: Uint8Array): string {
  return `${PLACE}/.cs-id-${Buffer.from(challenge).toString("hex")}`;
}

/** Whether this host has the place where proofs are made. */
export function canProveIdentity(): boolean {
  try {
    accessSync(PLACE, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const shmIdentityProof: IdentityProof = {
  async show(challenge) {
    await mkdir(proofPath(challenge), { mode: 0o700 }).catch(() => undefined);
  },
  async withdraw(challenge) {
    await rmdir(proofPath(challenge)).catch(() => undefined);
  },
};

export const shmIdentityCheck: IdentityCheck = {
  challenge: () => new Uint8Array(randomBytes(16)),
  async owner(challenge): Promise<PeerCredentials | null> {
    const path = proofPath(challenge);
    const found = await lstat(path).catch(() => null);
    if (found === null || !found.isDirectory()) return null;
    await rmdir(path).catch(() => undefined);
    return { pid: 0, uid: found.uid, gid: found.gid };
  },
};
