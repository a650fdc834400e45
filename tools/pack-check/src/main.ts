import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkTarball, packWorkspaces } from "./index.ts";

const root = resolve(process.argv[2] ?? ".");
const license = readFileSync(join(root, "LICENSE"), "utf8");
const { tarballs, privateNames } = packWorkspaces(root);
const faults = tarballs.flatMap((tarball) => checkTarball(tarball, privateNames, license));
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`tarballs: ${tarballs.length} packages are complete and carry nothing else`);
