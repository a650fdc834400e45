import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { remark } from "remark";
import remarkMan from "remark-man";

/** Where pages are written, in Markdown, beside the programs and packages that they tell of. */
const SOURCES = ["apps/corosync/man", "apps/tools/man", "packages/cpg/man"];

/** A manual page in Markdown: `NAME.SECTION.md`. */
export interface ManPageSource {
  /** `NAME.SECTION`, as the finished page is called. */
  readonly name: string;
  readonly path: string;
}

/** @param root folder of the workspace's package.json */
export function manPageSources(root: string): ManPageSource[] {
  return SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => /\.[1-9]\.md$/.test(file))
      .map((file) => ({ name: file.slice(0, -".md".length), path: join(root, folder, file) })),
  );
}

/**
 * @param markdown begins with a heading `name(section) -- what it is`
 * @param version shown at the foot
 * @param date day of the page's last change, `YYYY-MM-DD`: the same sources give the same page
 * @returns the page in roff
 */
export function renderManPage(markdown: string, version: string, date: string): string {
  const page = remark()
    .use(remarkMan, { date: new Date(`${date}T00:00:00Z`), version, manual: "Corosync Cluster Engine" })
    .processSync(markdown);
  return String(page);
}

/**
 * Renders every page into a folder made anew.
 * @returns the files written
 */
export function renderManPages(root: string, folder: string, version: string, date: string): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return manPageSources(root).map(({ name, path }) => {
    const file = join(folder, name);
    writeFileSync(file, renderManPage(readFileSync(path, "utf8"), version, date));
    return file;
  });
}
