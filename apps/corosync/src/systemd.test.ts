import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemdReady } from "./systemd.ts";

let folder = "";
let program = "";
const failures: string[] = [];
beforeEach(() => {
  failures.length = 0;
  folder = mkdtempSync(join(tmpdir(), "corosync-systemd-"));
  program = join(folder, "systemd-notify");
  vi.stubEnv("NOTIFY_SOCKET", join(folder, "socket"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Makes the program a script that leaves its arguments and ends with a code. */
function script(code: number): void {
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${folder}/calls\nexit ${code}\n`);
  chmodSync(program, 0o755);
}

const calls = () => (existsSync(`${folder}/calls`) ? readFileSync(`${folder}/calls`, "utf8") : "");
const ready = () => systemdReady(77, (reason) => void failures.push(reason), program);

describe("systemdReady", () => {
  it("has nobody to tell without NOTIFY_SOCKET", () => {
    vi.stubEnv("NOTIFY_SOCKET", "");
    expect(ready()).toBeNull();
  });

  it("tells systemd at each synchronization, for the daemon's pid", async () => {
    script(0);
    const tell = ready()!;
    tell();
    await vi.waitFor(() => expect(calls()).toBe("--ready --pid=77\n"));
    tell();
    await vi.waitFor(() => expect(calls()).toBe("--ready --pid=77\n--ready --pid=77\n"));
    expect(failures).toEqual([]);
  });

  it("says once that the program fails, or is not there", async () => {
    script(1);
    const tell = ready()!;
    tell();
    await vi.waitFor(() => expect(failures).toEqual([`Can't notify systemd: ${program} ended with 1`]));
    rmSync(program);
    tell();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(failures).toHaveLength(1);
    systemdReady(77, (reason) => void failures.push(reason), program)!();
    await vi.waitFor(() => expect(failures[1]).toMatch(/ENOENT/));
  });
});
