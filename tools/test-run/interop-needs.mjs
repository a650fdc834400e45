// @ts-check
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where a Debian system keeps what the interop tests use, and the package that brings it. */
const programs = { corosync: "corosync", ip: "iproute2", iptables: "iptables", gcc: "gcc" };
const files = { "/usr/include/corosync/cpg.h": "libcpg-dev" };

/**
 * @typedef {object} Machine
 * @property {string} platform as `process.platform`
 * @property {number | undefined} userId of this process, where the system has one
 * @property {(name: string) => boolean} hasProgram
 * @property {(path: string) => boolean} hasFile
 * @property {() => string | undefined} namespaceFault why `ip netns add` does not work
 */

/**
 * What keeps the interop tests from running here.
 *
 * @param {Machine} machine
 * @returns {string | undefined} one line saying what to provide; undefined when they can run
 */
export function whyNoInterop(machine) {
  if (machine.platform !== "linux") return "needs Linux";
  const packages = [
    ...Object.entries(programs).flatMap(([name, from]) => (machine.hasProgram(name) ? [] : [from])),
    ...Object.entries(files).flatMap(([path, from]) => (machine.hasFile(path) ? [] : [from])),
  ];
  const needs = machine.userId === 0 ? [] : ["root"];
  if (packages.length > 0) needs.push(`apt-get install ${packages.join(" ")}`);
  if (needs.length > 0) return `needs ${needs.join(" and: ")}`;
  const fault = machine.namespaceFault();
  return fault === undefined ? undefined : `needs network namespaces (${fault})`;
}

/** @returns {Machine} the machine this process runs on */
export function thisMachine() {
  return {
    platform: process.platform,
    userId: process.getuid?.(),
    hasProgram,
    hasFile: existsSync,
    namespaceFault,
  };
}

/** @param {string} name */
function hasProgram(name) {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Containers often have the program and not the right: only trying tells. */
function namespaceFault() {
  const name = `corosync-probe-${process.pid}`;
  const added = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (added.status !== 0) return (added.stderr || String(added.error)).trim().split("\n")[0];
  spawnSync("ip", ["netns", "delete", name]);
  return undefined;
}
