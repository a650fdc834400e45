import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

interface Manifest {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

function manifests(): Manifest[] {
  const folders = ["packages", "apps", "tools"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
  return ["", ...folders]
    .map((folder) => join(folder, "package.json"))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => JSON.parse(read(path)) as Manifest);
}

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
];

describe("the documents", () => {
  it("give the reason for every third-party package", () => {
    const used = manifests().flatMap((manifest) =>
      Object.keys({
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...manifest.optionalDependencies,
      }),
    );
    const listed = new Set(
      [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]),
    );
    const foreign = new Set(used.filter((name) => !name.startsWith("@corosync/")));
    expect([...listed].sort()).toEqual([...foreign].sort());
  });

  it.each(documents)("%s links to files that exist", (document) => {
    const targets = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
    const files = targets
      .filter((target) => !/^(https?:|#)/.test(target))
      .map((target) => join(dirname(document), target.replace(/#.*$/, "")));
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it.each(documents)("%s names commands that exist", (document) => {
    const scripts = manifests()[0]?.scripts ?? {};
    const named = [...read(document).matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
