import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isPrivateFolder } from "./private-folder.ts";

const uid = process.getuid!();
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-private-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each([
  [0o700, true],
  [0o755, false],
  [0o710, false],
  [0o701, false],
  [0o1777, false],
])("folder of mode %o is private: %s", (mode, expected) => {
  chmodSync(folder, mode);
  expect(isPrivateFolder(folder, uid)).toBe(expected);
});

it("takes no folder of somebody else, no file and nothing that is missing, and follows links", () => {
  expect(isPrivateFolder(folder, uid + 1)).toBe(false);
  expect(isPrivateFolder(join(folder, "missing"), uid)).toBe(false);
  const file = join(folder, "file");
  writeFileSync(file, "", { mode: 0o600 });
  expect(isPrivateFolder(file, uid)).toBe(false);
  const link = join(folder, "link");
  symlinkSync(folder, link);
  expect(isPrivateFolder(link, uid)).toBe(true);
  chmodSync(folder, 0o755);
  expect(isPrivateFolder(link, uid)).toBe(false);
});
