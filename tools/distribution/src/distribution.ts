import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDebianPackage } from "./debian-package.ts";
import { renderManPages } from "./man-page.ts";
import { layOutNpmPackage, packNpmPackage } from "./npm-package.ts";
import { readManifest } from "./package-closure.ts";

export interface DistributionOptions {
  /** Folder of the workspace's package.json, built. */
  readonly root: string;
  /** Folder for the finished files. */
  readonly out: string;
  /** Seconds since 1970 that stand for the time of building. */
  readonly epoch: number;
  /** Whether to make a Debian package too, which needs `dpkg-deb`. */
  readonly debian: boolean;
}

/** Paths of what was made. */
export interface Distribution {
  readonly tarball: string;
  readonly debianPackage: string | null;
}

/** Makes what administrators install. Throws when the workspace is not built or a packer fails. */
export function makeDistribution({ root, out, epoch, debian }: DistributionOptions): Distribution {
  const work = mkdtempSync(join(tmpdir(), "distribution-"));
  try {
    const date = new Date(epoch * 1000).toISOString().slice(0, 10);
    const { version } = readManifest(join(root, "apps/corosync"));
    const manPages = renderManPages(root, join(work, "man"), version, date);
    const npmPackage = layOutNpmPackage(root, join(work, "npm"), manPages);
    return {
      tarball: packNpmPackage(npmPackage, out),
      debianPackage: debian
        ? buildDebianPackage({ npmPackage, manPages, stage: join(work, "deb"), destination: out, epoch })
        : null,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
