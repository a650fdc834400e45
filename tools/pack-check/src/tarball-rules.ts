import { posix } from "node:path";
import { moduleRequests } from "@corosync/layer-check";

/** What a tarball says about itself in its package.json, as far as it is checked. */
export interface Manifest {
  readonly name: string;
  readonly exports?: unknown;
  readonly bin?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface Tarball {
  readonly manifest: Manifest;
  /** Paths from the package's folder, with forward slashes and no leading `./`. */
  readonly files: ReadonlySet<string>;
  /** @returns the text of one of the files */
  readonly read: (path: string) => string;
}

/**
 * Checks what one package would send to the registry.
 *
 * @param privateNames packages of the workspace that are never published
 * @param license the text that every package has to carry
 * @returns the faults, each a line that names the package
 */
export function checkTarball(tarball: Tarball, privateNames: ReadonlySet<string>, license: string): string[] {
  const { manifest, files, read } = tarball;
  const faults: string[] = [];
  const report = (fault: string): void => {
    faults.push(`${manifest.name}: ${fault}`);
  };
  if (!files.has("LICENSE")) report("carries no LICENSE");
  else if (read("LICENSE") !== license) report("carries another LICENSE than the workspace");
  for (const target of [...targetsOf(manifest.exports), ...targetsOf(manifest.bin)]) {
    if (!files.has(posix.normalize(target))) report(`names ${target}, which is not in the tarball`);
  }
  for (const file of files) {
    if (isDevelopmentFile(file)) report(`would publish ${file}`);
    else if (/^dist\/.*\.(js|d\.ts)$/.test(file)) checkRequests(tarball, file, report);
  }
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (privateNames.has(name)) report(`depends on ${name}, which is never published`);
  }
  return faults;
}

/** Every file that `exports` or `bin` leads to, under whatever conditions. */
function targetsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(targetsOf);
}

function isDevelopmentFile(file: string): boolean {
  return /\.(test|bench)\.|(^|\/)\.tsbuildinfo$|(^|\/)(tsconfig|vitest\.config|turbo)\b|^test\//.test(file);
}

/** A published file that needs an unpublished one fails only at the user's: here is where to see it. */
function checkRequests(tarball: Tarball, file: string, report: (fault: string) => void): void {
  for (const { specifier, line } of moduleRequests(file, tarball.read(file))) {
    if (!specifier.startsWith(".")) continue;
    const target = posix.join(posix.dirname(file), specifier);
    if (!candidates(file, target).some((path) => tarball.files.has(path))) {
      report(`${file}:${line} needs ${specifier}, which is not in the tarball`);
    }
  }
}

/** TypeScript reads the declarations beside a module, whichever of its two endings is named. */
function candidates(file: string, target: string): string[] {
  return file.endsWith(".d.ts") ? [target.replace(/\.[jt]s$/, ".d.ts")] : [target];
}
