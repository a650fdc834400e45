import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const planted = fileURLToPath(new URL("../planted/planted.mjs", import.meta.url));

/** The whole list takes minutes: `npm run simulate:planted`. Each day has other faults. */
it("finds today's planted faults within their budget", { timeout: 300_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [planted, "--sample", "4"], {
    encoding: "utf8",
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(/^4 of 4 planted faults found/m);
});
