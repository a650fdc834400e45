import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeDistribution } from "./index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "tools/distribution/dist/packages") },
    "npm-only": { type: "boolean", default: false },
  },
});

/** Of the last commit, unless the builder says otherwise (reproducible-builds.org). */
function sourceDateEpoch(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  if (given !== undefined) return Number(given);
  return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" }));
}

const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const { tarball, debianPackage } = makeDistribution({
  root,
  out,
  epoch: sourceDateEpoch(),
  debian: !values["npm-only"],
});
console.log(tarball);
if (debianPackage !== null) console.log(debianPackage);
