import { spawnSync } from "node:child_process";

/** Programs that build, check and try out a Debian package, and Debian's packages that hold them. */
const PROGRAMS: ReadonlyArray<readonly [program: string, debianPackage: string]> = [
  ["dpkg-deb", "dpkg"],
  ["lintian", "lintian"],
  ["logrotate", "logrotate"],
  ["man", "man-db"],
  ["systemd-analyze", "systemd"],
];

/** What this machine lacks to test the Debian package, one sentence each; empty when nothing. */
export function debianPrerequisites(): string[] {
  return PROGRAMS.filter(([program]) => spawnSync(program, ["--version"]).error !== undefined).map(
    ([program, debianPackage]) => `${program} is missing: apt-get install ${debianPackage}`,
  );
}
