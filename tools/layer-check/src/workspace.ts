import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** A package of the workspace, as its own files describe it. */
export interface WorkspacePackage {
  readonly name: string;
  /** Path from the workspace root, with forward slashes, such as `packages/totem`. */
  readonly folder: string;
  /** Every `floor-N` tag of the package's turbo.json: exactly one when all is well. */
  readonly floors: readonly number[];
  /** What the package may import in what it ships: dependencies, peer and optional ones. */
  readonly dependencies: ReadonlySet<string>;
  /** What only its tests and configuration may import, in addition. */
  readonly devDependencies: ReadonlySet<string>;
  /** The subpaths of its `exports`, such as `.` and `./package.json`. */
  readonly faces: ReadonlySet<string>;
  /** Folders that tsconfig.json refers to, from the root; undefined without a tsconfig.json. */
  readonly references: readonly string[] | undefined;
  /** Every source file, from the root. */
  readonly sources: readonly string[];
}

export interface Workspace {
  readonly root: string;
  readonly packages: readonly WorkspacePackage[];
  /** Development dependencies of the root package: the tests of every package may use them. */
  readonly rootDevDependencies: ReadonlySet<string>;
  /** Folders that the root tsconfig.json builds. */
  readonly rootReferences: readonly string[];
}

/** A file of the workspace that is missing or not JSON. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";

  constructor(
    readonly file: string,
    reason: string,
  ) {
    super(reason);
  }
}

interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Reads the workspace below a folder: package.json, turbo.json and tsconfig.json of every package.
 *
 * @param root folder of the workspace's package.json
 * @throws WorkspaceError naming the file that cannot be read
 */
export function readWorkspace(root: string): Workspace {
  const manifest = readJson<Manifest>(root, "package.json");
  const folders = (manifest.workspaces ?? [])
    .flatMap((pattern) => expandFolders(root, pattern))
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .sort();
  return {
    root,
    packages: folders.map((folder) => readPackage(root, folder)),
    rootDevDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
    rootReferences: existsSync(join(root, "tsconfig.json")) ? readReferences(root, ".") : [],
  };
}

/** Workspaces are named as `folder/*` or as one folder; npm's other patterns are not in use here. */
function expandFolders(root: string, pattern: string): string[] {
  if (!pattern.endsWith("/*")) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const file = `${folder}/package.json`;
  const manifest = readJson<Manifest>(root, file);
  if (manifest.name === undefined) throw new WorkspaceError(file, "has no name");
  return {
    name: manifest.name,
    folder,
    floors: readFloors(root, folder),
    dependencies: new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
      ...Object.keys(manifest.optionalDependencies ?? {}),
    ]),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
    faces: new Set(Object.keys(manifest.exports ?? {})),
    references: existsSync(join(root, folder, "tsconfig.json")) ? readReferences(root, folder) : undefined,
    sources: sourceFiles(root, folder),
  };
}

function readFloors(root: string, folder: string): number[] {
  const file = `${folder}/turbo.json`;
  if (!existsSync(join(root, file))) return [];
  const { tags = [] } = readJson<{ tags?: readonly string[] }>(root, file);
  return tags.flatMap((tag) => {
    const floor = /^floor-([1-9])$/.exec(tag)?.[1];
    return floor === undefined ? [] : [Number(floor)];
  });
}

function readReferences(root: string, folder: string): string[] {
  const { references = [] } = readJson<{ references?: ReadonlyArray<{ path: string }> }>(
    root,
    posix.join(folder, "tsconfig.json"),
  );
  return references.map(({ path }) => posix.join(folder, path));
}

const skippedFolders = new Set(["node_modules", "dist", ".turbo", "coverage"]);

function sourceFiles(root: string, folder: string): string[] {
  const found: string[] = [];
  const walk = (directory: string): void => {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) walk(path);
      else if (entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name)) found.push(path);
    }
  };
  walk(folder);
  return found.sort();
}

function readJson<T>(root: string, file: string): T {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")) as T;
  } catch (error) {
    throw new WorkspaceError(file, error instanceof Error ? error.message : String(error));
  }
}
