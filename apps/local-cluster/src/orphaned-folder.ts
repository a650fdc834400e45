import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * What the guarding process runs: its standard input ends when whoever holds the other end is gone. The
 * daemons leave then, too, and may still write for a moment.
 */
const GUARD = `
const { rmSync } = require("node:fs");
const remove = () => rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 5 });
process.stdin.resume().on("end", () => {
  remove();
  setTimeout(remove, 3000);
});
`;

/**
 * Has a folder removed when this process is gone, even by SIGKILL: a key lies in it. The guard is a process of
 * its own, in its own session, so that what ends this one does not end it.
 * @returns ends the guard; the folder stays
 */
export function removeWhenOrphaned(folder: string): () => void {
  const guard = spawn(process.execPath, ["--eval", GUARD, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
  });
  // Without a guard the next cluster removes what this one leaves.
  guard.on("error", () => undefined);
  guard.unref();
  (guard.stdin as Socket | null)?.unref();
  return () => void guard.kill("SIGKILL");
}
