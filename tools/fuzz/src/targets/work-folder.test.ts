import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { workFolder } from "./work-folder.ts";

it("removes the folders of processes that a signal has ended, and no other", () => {
  const { pid, signal } = spawnSync("sh", ["-c", "kill -9 $$"]);
  expect(signal).toBe("SIGKILL");
  const left = mkdtempSync(join(tmpdir(), `fuzz-ringid-${pid}-`));
  const own = workFolder();
  const second = workFolder();
  expect([left, own, second].map((path) => existsSync(path))).toEqual([false, true, true]);
  for (const path of [own, second]) rmSync(path, { recursive: true });
});
