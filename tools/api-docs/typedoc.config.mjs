import { readdirSync, readFileSync } from "node:fs";

const packages = new URL("../../packages/", import.meta.url);

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "Corosync",
  entryPoints: ["../../packages/*/src/index.ts"],
  tsconfig: "tsconfig.docs.json",
  out: "dist",
  readme: "../../README.md",
  excludePrivate: true,
  disableSources: true,
  treatWarningsAsErrors: true,
  validation: { notExported: false, notDocumented: true },
  // What is public needs words of its own; fields that a name and a type explain do not.
  requiredToBeDocumented: ["Class", "Interface", "TypeAlias", "Enum", "Function", "Variable"],
  // By default only what belongs to this very package.
  packagesRequiringDocumentation: readdirSync(packages).map(
    (folder) => JSON.parse(readFileSync(new URL(`${folder}/package.json`, packages), "utf8")).name,
  ),
};
