import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shmIdentityCheck, shmIdentityProof } from "./shm-identity.ts";

describe("identity shown by a directory", () => {
  let challenge = new Uint8Array(16);
  let path = "";
  beforeEach(() => {
    challenge = new Uint8Array(randomBytes(16));
    path = `/dev/shm/.cs-id-${Buffer.from(challenge).toString("hex")}`;
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));

  it("is the owner's, and the directory goes", async () => {
    await shmIdentityProof.show(challenge);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const { uid, gid } = statSync(path);
    expect(await shmIdentityCheck.owner(challenge)).toEqual({ pid: 0, uid, gid });
    expect(existsSync(path)).toBe(false);
    await shmIdentityProof.withdraw(challenge);
  });

  it("is withdrawn by the client when the server could not remove it", async () => {
    await shmIdentityProof.show(challenge);
    await shmIdentityProof.withdraw(challenge);
    expect(existsSync(path)).toBe(false);
  });

  it.each<[string, () => void]>([
    ["nothing", () => undefined],
    ["a file", () => writeFileSync(path, "")],
    ["a link to a directory", () => symlinkSync(tmpdir(), path)],
  ])("is not shown by %s", async (_, make) => {
    make();
    expect(await shmIdentityCheck.owner(challenge)).toBeNull();
  });

  it("is asked for under a new name each time", () => {
    const names = new Set(
      Array.from({ length: 50 }, () => Buffer.from(shmIdentityCheck.challenge()).toString("hex")),
    );
    expect(names.size).toBe(50);
    expect([...names].every((name) => name.length === 32)).toBe(true);
  });

  it("survives a directory that is there already", async () => {
    mkdirSync(path);
    await shmIdentityProof.show(challenge);
    expect(await shmIdentityCheck.owner(challenge)).not.toBeNull();
  });
});
