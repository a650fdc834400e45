import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEBIAN_NAME } from "../src/index.ts";
import { buildDistribution } from "./build-distribution.ts";

let folder: string;
let file: string;
/** A system of nothing but dpkg's own records, into which the package is installed. */
let system: string;

function dpkg(...words: string[]): void {
  // Nodejs is not there, and no shell: scripts run outside, with DPKG_ROOT set.
  const force = "--force-depends,script-chrootless";
  const result = spawnSync("dpkg", [`--root=${system}`, force, ...words], { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`dpkg ${words.join(" ")}: ${result.stdout}${result.stderr}`);
}

/** Every file and folder of the package, as tar lists them. */
function contents(): string[] {
  const tar = execFileSync("dpkg-deb", ["--fsys-tarfile", file], { maxBuffer: 1 << 28 });
  const list = execFileSync("tar", ["-t"], { input: tar, encoding: "utf8", maxBuffer: 1 << 28 });
  return list.split("\n").filter((path) => path.length > "./".length);
}

beforeAll(() => {
  const built = buildDistribution(true);
  folder = built.folder;
  file = built.debianPackage!;
  system = join(folder, "system");
  mkdirSync(join(system, "var/lib/dpkg/info"), { recursive: true });
  mkdirSync(join(system, "var/lib/dpkg/updates"));
  writeFileSync(join(system, "var/lib/dpkg/status"), "");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the Debian package", () => {
  it("is built the same from the same sources", { timeout: 120_000 }, () => {
    const again = buildDistribution(true);
    try {
      expect(readFileSync(again.debianPackage!).equals(readFileSync(file))).toBe(true);
    } finally {
      rmSync(again.folder, { recursive: true, force: true });
    }
  });

  it("has no errors and no warnings by lintian", () => {
    // Lintian leaves files behind in its temporary folder.
    const { stdout, status } = spawnSync("lintian", ["--allow-root", "--fail-on", "warning", file], {
      encoding: "utf8",
      env: { ...process.env, TMPDIR: folder },
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it("installs into an empty system, with the modes of Corosync's files", () => {
    dpkg("--install", file);
    for (const path of contents()) expect(lstatSync(join(system, path)), path).toBeDefined();
    for (const path of ["etc/corosync", "etc/corosync/uidgid.d", "var/lib/corosync", "var/log/corosync"])
      expect(statSync(join(system, path)).mode & 0o7777, path).toBe(0o755);
    for (const path of ["etc/corosync/corosync.conf", "etc/default/corosync", "etc/logrotate.d/corosync"])
      expect(statSync(join(system, path)).mode & 0o7777, path).toBe(0o644);
    expect(readFileSync(join(system, `var/lib/dpkg/info/${DEBIAN_NAME}.conffiles`), "utf8")).toContain(
      "/etc/corosync/corosync.conf",
    );
  });

  it("has programs that run from where they are installed", () => {
    const version = spawnSync(realpathSync(join(system, "usr/sbin/corosync")), ["-v"], { encoding: "utf8" });
    expect(version.stdout).toMatch(/^Corosync Cluster Engine, version/);
    const key = join(folder, "key");
    const keygen = join(system, "usr/sbin/corosync-keygen");
    expect(spawnSync(keygen, ["-k", key]).status).toBe(0);
    expect(statSync(key).size).toBe(256);
  });

  it("has manual pages that man formats without a complaint", () => {
    for (const section of [5, 8]) {
      const pages = join(system, `usr/share/man/man${section}`);
      for (const page of readdirSync(pages)) {
        const result = spawnSync("man", ["--warnings", "-E", "UTF-8", "-l", join(pages, page)], {
          encoding: "utf8",
          env: { ...process.env, MANROFFSEQ: "", MANWIDTH: "80", LC_ALL: "C.UTF-8" },
        });
        expect(result.stderr, page).toBe("");
        expect(result.stdout, page).toContain("SEE ALSO");
      }
    }
  });

  it("has a unit that systemd understands, with hardening", () => {
    const unit = join(system, "lib/systemd/system/corosync.service");
    const verified = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", unit], {
      encoding: "utf8",
    });
    expect(verified.stderr).toBe("");
    expect(verified.status).toBe(0);
    const security = spawnSync(
      "systemd-analyze",
      ["security", "--offline=true", "--threshold=56", "--no-pager", unit],
      { encoding: "utf8" },
    );
    expect(security.stdout).toMatch(/Overall exposure level for corosync\.service: \d/);
    expect(security.status, security.stdout.slice(-200)).toBe(0);
  });

  it("has a logrotate rule that logrotate takes", () => {
    const work = mkdtempSync(join(tmpdir(), "logrotate-"));
    try {
      const rule = join(work, "rule");
      writeFileSync(rule, readFileSync(join(system, "etc/logrotate.d/corosync")), { mode: 0o644 });
      const { stderr, status } = spawnSync("logrotate", ["--debug", "--state", join(work, "state"), rule], {
        encoding: "utf8",
      });
      expect(stderr).not.toMatch(/^error:/m);
      expect(status).toBe(0);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });

  it("leaves only its configuration when it is removed, and nothing when it is purged", () => {
    const left = (): string[] =>
      contents().filter((path) => !path.endsWith("/") && existsSync(join(system, path)));
    writeFileSync(join(system, "etc/corosync/authkey"), "");
    writeFileSync(join(system, "var/lib/corosync/ringid_1"), "");
    dpkg("--remove", DEBIAN_NAME);
    expect(left().sort()).toEqual([
      "./etc/corosync/corosync.conf",
      "./etc/default/corosync",
      "./etc/logrotate.d/corosync",
    ]);
    expect(existsSync(join(system, "var/lib/corosync/ringid_1"))).toBe(true);
    dpkg("--purge", DEBIAN_NAME);
    const remains = readdirSync(system, { recursive: true, encoding: "utf8" }).filter((path) =>
      /corosync/.test(path),
    );
    expect(remains).toEqual([]);
  });
});
