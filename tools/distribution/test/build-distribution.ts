import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Distribution, makeDistribution } from "../src/index.ts";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
/** 2026-01-02: any day, but always the same. */
const EPOCH = 1_767_312_000;

/** Builds the programs and packs them into a folder of their own, which the caller removes. */
export function buildDistribution(debian: boolean): Distribution & { folder: string } {
  execFileSync("npx", ["tsc", "-b", "apps/corosync", "apps/tools"], { cwd: root });
  const folder = mkdtempSync(join(tmpdir(), "distribution-test-"));
  return { ...makeDistribution({ root, out: folder, epoch: EPOCH, debian }), folder };
}
