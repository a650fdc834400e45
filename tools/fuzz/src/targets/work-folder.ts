import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAME = /^fuzz-ringid-([0-9]+)-/;

/**
 * A folder for files, removed at the end of the process. One that is ended by a signal has no time for
 * that, for it never leaves its loop: what such processes left is removed here.
 */
export function workFolder(): string {
  removeLeftFolders();
  const folder = mkdtempSync(join(tmpdir(), `fuzz-ringid-${process.pid}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function removeLeftFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
