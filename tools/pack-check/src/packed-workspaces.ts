import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest, Tarball } from "./tarball-rules.ts";

export interface PackedWorkspaces {
  readonly tarballs: readonly Tarball[];
  /** Packages that are never published. */
  readonly privateNames: ReadonlySet<string>;
}

interface PackReport {
  readonly name: string;
  readonly files: ReadonlyArray<{ readonly path: string }>;
}

/**
 * Asks npm what it would pack for every package that can be published. Nothing is written.
 *
 * @param root folder of the workspace's package.json
 * @throws when npm fails, with what it printed
 */
export function packWorkspaces(root: string): PackedWorkspaces {
  const members = ["packages", "apps", "tools"].flatMap((parent) => readMembers(root, parent));
  const published = members.filter(({ manifest }) => !manifest.private);
  const selection = published.flatMap(({ folder }) => ["--workspace", folder]);
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", ...selection], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 << 20,
  });
  const reports = new Map((JSON.parse(output) as PackReport[]).map((report) => [report.name, report]));
  return {
    tarballs: published.map(({ folder, manifest }) => ({
      manifest,
      files: new Set((reports.get(manifest.name)?.files ?? []).map(({ path }) => path)),
      read: (path) => readFileSync(join(root, folder, path), "utf8"),
    })),
    privateNames: new Set(
      members.filter(({ manifest }) => manifest.private).map(({ manifest }) => manifest.name),
    ),
  };
}

interface Member {
  readonly folder: string;
  readonly manifest: Manifest & { readonly private?: boolean };
}

function readMembers(root: string, parent: string): Member[] {
  return readdirSync(join(root, parent)).flatMap((name) => {
    const folder = `${parent}/${name}`;
    try {
      return [{ folder, manifest: JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) }];
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  });
}
