import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { manPageSources, renderManPage } from "../src/index.ts";
import { root } from "./build-distribution.ts";

const pages = manPageSources(root).map(({ name, path }) => ({ name, markdown: readFileSync(path, "utf8") }));
const names = pages.map(({ name }) => name);

/** Words of all `bin` entries of the programs' packages. */
const programs = ["apps/corosync", "apps/tools"].flatMap((folder) =>
  Object.keys((JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { bin: object }).bin),
);

describe("manual pages", () => {
  it("exist for every program, the configuration and the overviews", () => {
    const expected = [...programs.map((program) => `${program}.8`), "corosync.conf.5", "corosync_overview.8"];
    expect(names).toEqual(expect.arrayContaining([...expected, "cpg_overview.8", "sam_overview.8"]));
  });

  it.each(pages)("$name begins with its name and refers to pages that exist", ({ name, markdown }) => {
    const [title, section] = [name.slice(0, -2), name.slice(-1)];
    expect(markdown.startsWith(`# ${title}(${section}) -- `)).toBe(true);
    const references = [...markdown.matchAll(/\b((?:corosync|cpg|sam)[\w.-]*)\(([58])\)/g)].map(
      ([, page, of]) => `${page}.${of}`,
    );
    for (const reference of references) expect(names, `in ${name}`).toContain(reference);
  });

  it("are the same for the same sources", () => {
    const { markdown } = pages[0]!;
    const render = () => renderManPage(markdown, "1.2.3", "2026-01-02");
    expect(render()).toBe(render());
    expect(render()).toMatch(/^\.TH "\w+" "\d" "January 2026" "1\.2\.3" "Corosync Cluster Engine"/m);
  });

  it.each(programs)("%s tells of every option that the program has", (program) => {
    const file = program === "corosync" ? "apps/corosync/dist/main.js" : `apps/tools/dist/${program}-main.js`;
    execFileSync("npx", ["tsc", "-b", "apps/corosync", "apps/tools"], { cwd: root });
    // The daemon has no -h; it answers an option that it does not have with its usage.
    const usage = program === "corosync" ? "-?" : "-h";
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, file), usage], { encoding: "utf8" });
    const options = new Set(
      [...`${stdout}${stderr}`.matchAll(/(?<![\w-])-[A-Za-z]\b(?!-)/g)].map(([option]) => option),
    );
    const { markdown } = pages.find(({ name }) => name === `${program}.8`)!;
    for (const option of options) expect(markdown).toContain(`\`${option}\``);
    expect(options.size).toBeGreaterThan(2);
  });
});
