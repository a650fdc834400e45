/// <reference path="./ini.d.ts" />
import { readFile } from "node:fs/promises";
import { strerror } from "@corosync/errno";
import { parse } from "ini";
import type { Finding } from "../findings/finding.ts";
import { nearest } from "../findings/nearest.ts";

/** Where Debian and Red Hat keep what a service manager passes to the daemon (spec config 10.8). */
const DEFAULTS_FILES: readonly string[] = ["/etc/default/corosync", "/etc/sysconfig/corosync"];

/** Variables with a meaning for the daemon, or for a script that starts it. */
const VARIABLES: readonly string[] = [
  "COROSYNC_OPTIONS",
  "COROSYNC_INIT_TIMEOUT",
  "COROSYNC_MAIN_CONFIG_FILE",
  "COROSYNC_TOTEM_AUTHKEY_FILE",
  "COROSYNC_RUN_DIR",
  "STATE_DIRECTORY",
];
/** What the program that runs the daemon reads itself. */
const OF_THE_RUNTIME = /^(NODE|UV|OPENSSL|SSL|LC|TZ|LANG)(_|$)/;

/**
 * Looks through the defaults files; one that is not there says nothing.
 * @param optionFault what is wrong with a command line for a service, or null
 */
export async function checkDefaultsFiles(
  optionFault: (words: readonly string[]) => string | null,
  paths: readonly string[] = DEFAULTS_FILES,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const path of paths) {
    try {
      findings.push(...checkDefaults(path, await readFile(path, "utf8"), optionFault));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") continue;
      const reason = "A service manager cannot read it either.";
      findings.push(remark(path, "", null, { text: `cannot be read: ${strerror(error)}`, reason }));
    }
  }
  return findings;
}

/** Remarks on the text of a defaults file: lines of `NAME=value` or `NAME="value"`. */
function checkDefaults(
  path: string,
  text: string,
  optionFault: (words: readonly string[]) => string | null,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [name, value] of Object.entries(parse(text))) {
    if (typeof value !== "string") continue;
    const fault = variableFault(name, value, optionFault);
    if (fault !== null) findings.push(remark(path, text, name, fault));
  }
  return findings;
}

interface Fault {
  readonly text: string;
  readonly reason: string;
  readonly suggestion?: string | null;
}

function variableFault(
  name: string,
  value: string,
  optionFault: (words: readonly string[]) => string | null,
): Fault | null {
  if (name === "COROSYNC_OPTIONS") {
    const text = optionFault(value.split(/\s+/).filter((word) => word !== ""));
    return text === null ? null : { text, reason: "A service manager passes it as the command line." };
  }
  if (name === "COROSYNC_INIT_TIMEOUT") {
    if (/^0*[1-9][0-9]*$/.test(value)) return null;
    return { text: `${name} is no number of seconds`, reason: "Start scripts wait for 60 seconds then." };
  }
  if (VARIABLES.includes(name) || OF_THE_RUNTIME.test(name)) return null;
  return {
    text: `unknown variable ${name}`,
    reason: "The daemon does nothing with it.",
    suggestion: nearest(name, VARIABLES),
  };
}

/** @param name the variable whose last line, which counts, is shown; null for none */
function remark(path: string, content: string, name: string | null, fault: Fault): Finding {
  const lines = content.split(/\r?\n/);
  const index = name === null ? -1 : lines.findLastIndex((line) => line.split("=")[0]!.trim() === name);
  const source = lines[index] ?? null;
  const said = { severity: "warning", file: path, key: null, suggestion: null, ...fault } as const;
  if (source === null) return { ...said, line: null, column: null, length: 0, source };
  const start = source.length - source.trimStart().length;
  return { ...said, line: index + 1, column: start + 1, length: source.trim().length, source };
}
