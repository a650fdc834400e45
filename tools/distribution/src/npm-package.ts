import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type ClosurePackage, packageClosure } from "./package-closure.ts";

/** The name under which daemon and tools are published together. */
const PACKAGE_NAME = "corosync";
const PROGRAM_PACKAGES = ["@corosync/daemon", "@corosync/tools"];

/** A package laid out in a folder, complete: nothing of the workspace is needed to run it. */
export interface NpmPackage {
  readonly folder: string;
  readonly version: string;
  /** Program name to its file, relative to `folder`. */
  readonly programs: ReadonlyMap<string, string>;
}

/**
 * Lays out daemon and tools with everything they need below `node_modules`, as one npm package that
 * bundles its dependencies: it installs without a registry, and stack traces name real files.
 *
 * @param root folder of the workspace's package.json, built
 * @param folder made anew
 * @param manPages files to install as manual pages
 */
export function layOutNpmPackage(root: string, folder: string, manPages: readonly string[]): NpmPackage {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const closure = packageClosure(root, PROGRAM_PACKAGES);
  for (const member of closure) copyPackage(member, join(folder, "node_modules", member.manifest.name));
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(root, "CHANGELOG.md"), join(folder, "CHANGELOG.md"));
  cpSync(new URL("../files/README.md", import.meta.url), join(folder, "README.md"));
  mkdirSync(join(folder, "man"));
  const pages = manPages.map((page) => {
    const name = page.slice(page.lastIndexOf("/") + 1);
    cpSync(page, join(folder, "man", name));
    return `./man/${name}`;
  });
  cpSync(new URL("../files/deployment", import.meta.url), join(folder, "deployment"), { recursive: true });
  const programs = programsOf(closure);
  for (const file of programs.values()) chmodSync(join(folder, file), 0o755);
  const version = closure[0]!.manifest.version;
  writeFileSync(join(folder, "package.json"), `${manifestText(version, closure, programs, pages)}\n`);
  return { folder, version, programs };
}

/** @returns the tarball's path, in `destination` */
export function packNpmPackage({ folder }: NpmPackage, destination: string): string {
  const output = execFileSync(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", destination],
    {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 << 20,
    },
  );
  const [report] = JSON.parse(output) as [{ filename: string }];
  return join(destination, report.filename);
}

/** Own packages go without sources and declarations, those of others as they are. */
function copyPackage({ folder, own }: ClosurePackage, target: string): void {
  if (!own) {
    cpSync(folder, target, {
      recursive: true,
      filter: (path) => !relative(folder, path).includes("node_modules"),
    });
    return;
  }
  mkdirSync(target, { recursive: true });
  for (const file of ["package.json", "LICENSE"]) cpSync(join(folder, file), join(target, file));
  if (!existsSync(join(folder, "dist"))) throw new Error(`${folder} is not built: run npm run build first`);
  cpSync(join(folder, "dist"), join(target, "dist"), { recursive: true, filter: isRunTimeFile });
  for (const path of readdirSync(join(target, "dist"), { recursive: true, encoding: "utf8" })) {
    const full = join(target, "dist", path);
    if (existsSync(full) && isEmptyFolder(full)) rmSync(full, { recursive: true });
  }
}

function isRunTimeFile(path: string): boolean {
  return !/\.(d\.ts|map|tsbuildinfo)$|\.test\.js$/.test(path);
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

function programsOf(closure: readonly ClosurePackage[]): Map<string, string> {
  const programs = new Map<string, string>();
  for (const { manifest } of closure) {
    if (!PROGRAM_PACKAGES.includes(manifest.name)) continue;
    for (const [name, file] of Object.entries(manifest.bin ?? {}))
      programs.set(name, join("node_modules", manifest.name, file));
  }
  return programs;
}

function manifestText(
  version: string,
  closure: readonly ClosurePackage[],
  programs: ReadonlyMap<string, string>,
  man: readonly string[],
): string {
  const dependencies = Object.fromEntries(closure.map(({ manifest }) => [manifest.name, manifest.version]));
  const optional = closure.map(({ manifest }) => manifest.optionalDependencies ?? {});
  return JSON.stringify(
    {
      name: PACKAGE_NAME,
      version,
      description: "Corosync, the cluster engine, in TypeScript: the daemon and the administrator's tools",
      license: "BSD-3-Clause",
      type: "module",
      engines: { node: ">=20.19" },
      bin: Object.fromEntries(programs),
      man,
      dependencies,
      optionalDependencies: Object.assign({}, ...optional),
      bundleDependencies: Object.keys(dependencies),
    },
    null,
    2,
  );
}
