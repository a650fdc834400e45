import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { catalogueKey, filePath, KEY_CATALOGUE, sectionKeys } from "./key-catalogue.ts";

const manual = readFileSync(
  new URL("../../../../apps/corosync/man/corosync.conf.5.md", import.meta.url),
  "utf8",
);

describe("the catalogue of keys", () => {
  it("has each key once, with words and defaults that fit its type", () => {
    expect(new Set(KEY_CATALOGUE.map(({ path }) => path)).size).toBe(KEY_CATALOGUE.length);
    for (const { path, type, words, fallback } of KEY_CATALOGUE) {
      if (words !== undefined) expect(type, path).toBe("str");
      const first = fallback?.split(";")[0];
      if (words !== undefined && first !== undefined) expect(words, path).toContain(first);
    }
  });

  it.each(KEY_CATALOGUE.map(({ path }) => [path]))("the manual page has %s", (path) => {
    const names = path === "nodelist.node.ringX_addr" ? ["ring0_addr"] : path.split(".").slice(1);
    // Keys of sections within resources are free; the page names the sections.
    const wanted = /^(resources|quorum\.device)\./.test(path) ? names.slice(0, 1) : names.slice(-1);
    for (const name of wanted) expect(manual).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it.each([
    ["nodelist.node.10.ring0_addr", "nodelist.node.ring0_addr"],
    ["totem.interface.7.mcastport", "totem.interface.mcastport"],
    ["totem.interface.0.member.3", "totem.interface.member.memberaddr"],
    ["logging.logger_subsys.MAIN.debug", "logging.logger_subsys.debug"],
    ["logging.logging_daemon.x.y.debug", "logging.logging_daemon.debug"],
    ["uidgid.config.gid.0", "uidgid.gid"],
    ["totem.token", "totem.token"],
  ])("%s of cmap is %s of the file", (key, path) => {
    expect(filePath(key)).toBe(path);
    expect(catalogueKey(path)).toBeDefined();
  });

  it("lists the keys of a section, the addresses of all links among them", () => {
    expect(sectionKeys("nodelist.node")).toContain("ring7_addr");
    expect(sectionKeys("system")).toContain("state_dir");
    expect(sectionKeys("nothing")).toEqual([]);
  });
});
