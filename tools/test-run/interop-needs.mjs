// @ts-check
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/**
 * What keeps the interop tests from running here.
 *
 * @param {string[]} lacks what the lab finds missing, a line each, some ending in `apt-get install …`
 * @param {() => string | undefined} namespaceFault why `ip netns add` does not work, asked last
 * @returns {string | undefined} one line saying what to provide; undefined when they can run
 */
export function whyNoInterop(lacks, namespaceFault) {
  /** @type {string[]} */
  const needs = [];
  /** @type {Set<string>} */
  const packages = new Set();
  for (const line of lacks) {
    const install = /apt-get install (.+)$/.exec(line);
    if (install === null) needs.push(line);
    else packages.add(install[1] ?? "");
  }
  if (packages.size > 0) needs.push(`apt-get install ${[...packages].join(" ")}`);
  if (needs.length > 0) return needs.join("; and: ");
  const fault = namespaceFault();
  return fault === undefined ? undefined : `network namespaces do not work here (${fault})`;
}

/**
 * Asks the lab, whose hosts the tests run in, what this machine lacks.
 *
 * @param {string} root folder of the built workspace
 * @returns {string[]}
 */
export function labLacks(root) {
  const check = spawnSync(process.execPath, [join(root, "tools", "lab", "dist", "cli.js"), "check"], {
    encoding: "utf8",
  });
  if (check.status === 0) return [];
  const lines = (check.stdout ?? "").trim().split("\n").filter(Boolean);
  return lines.length > 0
    ? lines
    : [`the lab does not start: ${(check.stderr || String(check.error)).trim()}`];
}

/**
 * Asks the distribution, whose packages are tried out in the interop tests too, what this machine lacks.
 *
 * @param {string} root folder of the built workspace
 * @returns {Promise<string[]>}
 */
export async function distributionLacks(root) {
  const { debianPrerequisites } = await import(join(root, "tools", "distribution", "dist", "index.js"));
  return debianPrerequisites();
}

/**
 * Containers often have the program and not the right: only trying tells.
 *
 * @returns {string | undefined}
 */
export function namespaceFault() {
  const name = `corosync-probe-${process.pid}`;
  const added = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (added.status !== 0) return (added.stderr || String(added.error)).trim().split("\n")[0];
  spawnSync("ip", ["netns", "delete", name]);
  return undefined;
}
