import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OWNER_FILE, removeAbandonedFolders } from "./abandoned-folders.ts";

describe("folders that killed clusters left behind", () => {
  let parent: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "abandoned-"));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  function folder(name: string, owner: string | null): void {
    mkdirSync(join(parent, name, "node1"), { recursive: true });
    if (owner !== null) writeFileSync(join(parent, name, OWNER_FILE), owner);
  }

  it("go when their process lives no more", () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    folder("corosync-dead", `${dead}\n`);
    removeAbandonedFolders(parent);
    expect(readdirSync(parent)).toEqual([]);
  });

  it("stay when their process lives, when they are to be kept, and when they are something else", () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    folder("corosync-alive", `${process.pid}\n`);
    folder("corosync-kept", null);
    folder("corosync-odd", "-1\n");
    folder("other", `${dead}\n`);
    writeFileSync(join(parent, "corosync-file"), "");
    removeAbandonedFolders(parent);
    expect(readdirSync(parent)).toHaveLength(5);
  });
});
