import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const TOOL = resolve(import.meta.dirname, "../dist/main.js");
const LIMIT_MS = 120_000;

function fuzz(seed: number, files: number): { readonly status: number | null; readonly stdout: string } {
  if (!existsSync(TOOL)) throw new Error(`${TOOL} is not there: run npm run build first`);
  const words = [TOOL, "--seed", String(seed), "--files", String(files)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    timeout: LIMIT_MS,
  });
  return { status, stdout: stdout + stderr };
}

describe("corosync -t of both daemons on generated files", () => {
  it("judges a fixed set and a fresh one without an unexplained difference", {
    timeout: LIMIT_MS * 2,
  }, () => {
    const seed = randomInt(2 ** 31);
    for (const first of [1, seed]) {
      const { status, stdout } = fuzz(first, 200);
      console.log(stdout.trimEnd());
      expect(stdout).toMatch(
        /^200 files: C accepted [1-9]\d* and said \d\d+ different things; 0 unexplained/m,
      );
      // Were both ours, or both C, there would be none.
      expect(stdout).toMatch(/^known: /m);
      expect(status).toBe(0);
    }
  });
});
