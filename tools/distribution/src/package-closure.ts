import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a package says about itself, as far as a distribution needs it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package that runs with the programs, and where it stands. */
export interface ClosurePackage {
  readonly manifest: Manifest;
  /** Real folder. */
  readonly folder: string;
  /** Whether it is a package of this workspace. */
  readonly own: boolean;
}

/**
 * Every package that the given ones need at run time, themselves included, in the order in which they
 * are met. Optional dependencies are left to whoever installs.
 *
 * @param root folder of the workspace's package.json
 * @throws when a dependency is not installed, or two versions of one package would be needed
 */
export function packageClosure(root: string, names: readonly string[]): ClosurePackage[] {
  const found = new Map<string, ClosurePackage>();
  const visit = (name: string, from: string): void => {
    const folder = resolvePackage(name, from);
    const known = found.get(name);
    if (known !== undefined) {
      if (known.folder !== folder) {
        throw new Error(`${name} is needed in two versions: ${known.folder} and ${folder} (for ${from})`);
      }
      return;
    }
    const manifest = readManifest(folder);
    found.set(name, { manifest, folder, own: !folder.includes("node_modules") });
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (manifest.optionalDependencies?.[dependency] === undefined) visit(dependency, folder);
    }
  };
  for (const name of names) visit(name, root);
  return [...found.values()];
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** Looks a package up as Node does: in node_modules of this folder, then of those above it. */
function resolvePackage(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed (needed by ${from})`);
  }
}
