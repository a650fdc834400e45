import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const MODULE = new URL("../dist/orphaned-folder.js", import.meta.url).href;

let parent = "";
let folder = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "orphaned-"));
  folder = join(parent, "cluster");
  mkdirSync(folder);
  writeFileSync(join(folder, "authkey"), "secret", { mode: 0o400 });
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** A process that has the folder guarded, and says so. */
async function owner(more: string) {
  const program = `import { removeWhenOrphaned } from ${JSON.stringify(MODULE)};
    const release = removeWhenOrphaned(${JSON.stringify(folder)});
    ${more}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

it("removes the folder when the process is killed", async () => {
  const child = await owner(`console.log("guarded"); setInterval(() => undefined, 1000);`);
  expect(existsSync(folder)).toBe(true);
  child.kill("SIGKILL");
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 10_000 });
});

it("keeps no process alive, and leaves the folder when it is released", async () => {
  const child = await owner(`release(); console.log("released");`);
  await once(child, "close");
  expect(existsSync(folder)).toBe(true);
});
