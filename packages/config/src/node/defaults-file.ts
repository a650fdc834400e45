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

/** Reads a defaults file; one that is not there says nothing. */
export async function readDefaultsFile(path = "/etc/default/corosync"): Promise<DaemonDefaults> {
  let text = "";
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  return parseDefaults(text);
}
