import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { NpmPackage } from "./npm-package.ts";

/** It takes the place of Debian's `corosync`, whose name it can not bear. */
export const DEBIAN_NAME = "corosync-js";
const PROGRAM_FOLDER = `usr/share/${DEBIAN_NAME}`;
const DEPLOYMENT = new URL("../files/deployment/", import.meta.url);
const MAINTAINER_SCRIPTS = ["postinst", "prerm", "postrm"];

/** Where the files of `files/deployment` go. */
const DEPLOYED: ReadonlyArray<readonly [from: string, to: string]> = [
  ["corosync.service", "lib/systemd/system/corosync.service"],
  ["corosync.default", "etc/default/corosync"],
  ["corosync.logrotate", "etc/logrotate.d/corosync"],
  ["corosync.conf", "etc/corosync/corosync.conf"],
];

export interface DebianPackageOptions {
  readonly npmPackage: NpmPackage;
  readonly manPages: readonly string[];
  /** Folder to lay the files out in, made anew. */
  readonly stage: string;
  readonly destination: string;
  /** Seconds since 1970 of all files: the same sources give the same package. */
  readonly epoch: number;
}

/**
 * Builds a Debian package with `dpkg-deb`.
 * @returns the path of the .deb
 * @throws when dpkg-deb is missing or fails
 */
export function buildDebianPackage(options: DebianPackageOptions): string {
  const { npmPackage, stage, destination, epoch } = options;
  rmSync(stage, { recursive: true, force: true });
  layOutPrograms(npmPackage, stage);
  for (const [from, to] of DEPLOYED) place(stage, to, readFileSync(new URL(from, DEPLOYMENT)));
  for (const folder of ["etc/corosync/uidgid.d", "var/lib/corosync", "var/log/corosync"])
    mkdirSync(join(stage, folder), { recursive: true });
  layOutManPages(options.manPages, stage);
  layOutDocuments(npmPackage, stage, epoch);
  layOutControl(npmPackage, stage);
  normalizeModes(stage);
  const file = join(destination, `${DEBIAN_NAME}_${npmPackage.version}_all.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", "--build", stage, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return file;
}

function layOutPrograms({ folder, programs }: NpmPackage, stage: string): void {
  for (const part of ["node_modules", "package.json"])
    cpSync(join(folder, part), join(stage, PROGRAM_FOLDER, part), { recursive: true, filter: isNeeded });
  mkdirSync(join(stage, "usr/sbin"), { recursive: true });
  for (const [name, file] of programs) {
    symlinkSync(join("../share", DEBIAN_NAME, file), join(stage, "usr/sbin", name));
  }
}

/** What other packages bring beside their code and licences is of no use on a server. */
function isNeeded(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!path.includes("node_modules/") || /^licen[cs]e/i.test(name)) return true;
  if (/^(\..*|docs?|benchmarks?|tests?|examples?|bin\.js)$/i.test(name)) return false;
  return !/\.(md|d\.[cm]?ts|map|ya?ml|sh|html|css|ico|jpe?g|png|svg)$/i.test(name);
}

function layOutManPages(pages: readonly string[], stage: string): void {
  for (const page of pages) {
    const name = page.slice(page.lastIndexOf("/") + 1);
    place(stage, `usr/share/man/man${name.at(-1)}/${name}.gz`, gzip(readFileSync(page)));
  }
}

function layOutDocuments({ folder, version }: NpmPackage, stage: string, epoch: number): void {
  const documents = `usr/share/doc/${DEBIAN_NAME}`;
  const licence = readFileSync(join(folder, "LICENSE"), "utf8");
  place(
    stage,
    `${documents}/copyright`,
    copyrightText(licence, licencesOfOthers(join(folder, "node_modules"))),
  );
  place(stage, `${documents}/changelog.gz`, gzip(readFileSync(join(folder, "CHANGELOG.md"))));
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  const entry = `${DEBIAN_NAME} (${version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- ${MAINTAINER}  ${date}\n`;
  place(stage, `${documents}/changelog.Debian.gz`, gzip(Buffer.from(entry)));
}

const MAINTAINER = "Corosync in TypeScript <corosync-js@users.noreply.github.com>";

function layOutControl({ version }: NpmPackage, stage: string): void {
  const sizeKiB = Math.ceil(totalBytes(stage) / 1024);
  const control = readTemplate("control")
    .replace("@NAME@", DEBIAN_NAME)
    .replace("@VERSION@", version)
    .replace("@MAINTAINER@", MAINTAINER)
    .replace("@SIZE@", String(sizeKiB));
  place(stage, "DEBIAN/control", control);
  for (const script of MAINTAINER_SCRIPTS) {
    place(stage, `DEBIAN/${script}`, readTemplate(script));
    chmodSync(join(stage, "DEBIAN", script), 0o755);
  }
  const configurationFiles = DEPLOYED.map(([, to]) => to).filter((to) => to.startsWith("etc/"));
  place(stage, "DEBIAN/conffiles", `${configurationFiles.map((to) => `/${to}`).join("\n")}\n`);
}

function readTemplate(name: string): string {
  return readFileSync(new URL(`../files/debian/${name}`, import.meta.url), "utf8");
}

interface Licence {
  readonly name: string;
  readonly text: string;
}

function licencesOfOthers(modules: string): Licence[] {
  return readdirSync(modules, { recursive: true, encoding: "utf8" })
    .filter(
      (path) => /^(@[^/]+\/)?[^/]+\/licen[cs]e(\.md|\.txt)?$/i.test(path) && !path.startsWith("@corosync/"),
    )
    .map((path) => ({ name: dirname(path), text: readFileSync(join(modules, path), "utf8") }));
}

function copyrightText(own: string, others: readonly Licence[]): string {
  const parts = others.map(
    ({ name, text }) => `The package ${name}, below node_modules:\n\n${text.trim()}\n`,
  );
  return [`Corosync in TypeScript:\n\n${own.trim()}\n`, ...parts].join(`\n${"-".repeat(60)}\n\n`);
}

function place(stage: string, path: string, content: string | Uint8Array): void {
  const full = join(stage, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}

/** Without a time stamp in its header. */
function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9 });
}

/** Whatever the umask was: folders 755, programs 755, all else 644. */
function normalizeModes(stage: string): void {
  const isExecutable = (path: string): boolean =>
    path.startsWith("DEBIAN/")
      ? MAINTAINER_SCRIPTS.includes(path.slice("DEBIAN/".length))
      : isProgram(join(stage, path));
  chmodSync(stage, 0o755);
  for (const path of readdirSync(stage, { recursive: true, encoding: "utf8" })) {
    const full = join(stage, path);
    const status = lstatSync(full);
    if (status.isSymbolicLink()) continue;
    chmodSync(full, status.isDirectory() || isExecutable(path) ? 0o755 : 0o644);
  }
}

function isProgram(file: string): boolean {
  if (!/-main\.js$|\/main\.js$/.test(file)) return false;
  return readFileSync(file, "utf8").startsWith("#!");
}

function totalBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => lstatSync(join(folder, path)).size)
    .reduce((sum, size) => sum + size, 0);
}
