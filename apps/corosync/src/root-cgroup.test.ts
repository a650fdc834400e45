import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moveToRootCgroup } from "./root-cgroup.ts";

let mountPoint = "";
beforeEach(() => {
  mountPoint = mkdtempSync(join(tmpdir(), "corosync-cgroup-"));
});
afterEach(() => rmSync(mountPoint, { recursive: true }));

function place(path: string): void {
  mkdirSync(dirname(join(mountPoint, path)), { recursive: true });
  writeFileSync(join(mountPoint, path), "");
}

function move(): string[] {
  const lines: string[] = [];
  moveToRootCgroup((level, text) => lines.push(`${level} ${text}`), 77, mountPoint);
  return lines;
}

describe("moveToRootCgroup", () => {
  it("writes the pid to the tasks of version 1, where that rations real-time", () => {
    for (const path of ["cpu/cpu.rt_runtime_us", "cpu/tasks", "cgroup.procs"]) place(path);
    expect(move()).toEqual(["debug Moving main pid to cgroup v1 root cgroup"]);
    expect(readFileSync(join(mountPoint, "cpu/tasks"), "latin1")).toBe("77\n");
    expect(readFileSync(join(mountPoint, "cgroup.procs"), "latin1")).toBe("");
  });

  it("writes the pid to the processes of version 2", () => {
    place("cgroup.procs");
    expect(move()).toEqual(["debug Moving main pid to cgroup v2 root cgroup"]);
    expect(readFileSync(join(mountPoint, "cgroup.procs"), "latin1")).toBe("77\n");
  });

  it("has nothing to do without cgroups", () => {
    expect(move()).toEqual([
      expect.stringMatching(/^debug cpu\.rt_runtime_us or cgroup\.procs doesn't exist/),
    ]);
  });

  it("says why it cannot", () => {
    place("cpu/cpu.rt_runtime_us");
    mkdirSync(join(mountPoint, "cpu/tasks"));
    const path = join(mountPoint, "cpu/tasks");
    expect(move()[1]).toBe(
      `warning Can't write corosync pid into cgroups tasks file ${path}: Is a directory`,
    );
  });
});
