/// <reference path="./ini.d.ts" />
import { readFile } from "node:fs/promises";
import { parse } from "ini";

/** What `/etc/default/corosync` or `/etc/sysconfig/corosync` says (spec config 10.8). */
export interface DaemonDefaults {
  /** `COROSYNC_OPTIONS` cut at blanks, as a service manager passes it. */
  readonly options: readonly string[];
  /** `COROSYNC_INIT_TIMEOUT`: how long a start script waits for the daemon. */
  readonly initTimeoutSeconds: number;
}

const DEFAULT_INIT_TIMEOUT_SECONDS = 60;

/** Where Debian and Red Hat keep them; a service manager reads both, and the later one wins. */
const DEFAULTS_FILES: readonly string[] = ["/etc/default/corosync", "/etc/sysconfig/corosync"];

/** Reads the text of a defaults file: lines of `NAME=value` or `NAME="value"`. */
export function parseDefaults(text: string): DaemonDefaults {
  const values = parse(text);
  const options = values["COROSYNC_OPTIONS"];
  const timeout = Number(values["COROSYNC_INIT_TIMEOUT"]);
  return {
    options: typeof options === "string" ? options.split(/\s+/).filter((word) => word !== "") : [],
    initTimeoutSeconds: Number.isInteger(timeout) && timeout > 0 ? timeout : DEFAULT_INIT_TIMEOUT_SECONDS,
  };
}

/**
 * Reads the defaults files; one that is not there says nothing.
 * @throws the system's error for one that is there and cannot be read
 */
export async function readDefaultsFiles(paths: readonly string[] = DEFAULTS_FILES): Promise<DaemonDefaults> {
  const texts: string[] = [];
  for (const path of paths) {
    try {
      texts.push(await readFile(path, "utf8"));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  return parseDefaults(texts.join("\n"));
}
