import type { ConfigError } from "../config-error.ts";
import { ConfigMap } from "../config-map.ts";
import type { AccountLookup } from "./accounts.ts";
import { fileOutline } from "./file-outline.ts";
import { readSections } from "./grammar.ts";
import { MainFileReader } from "./main-file.ts";
import { UidgidFileReader } from "./uidgid-file.ts";

/** A file and what it holds. */
export interface FileContent {
  /** Its name as errors give it. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** An entry of `uidgid.d` that is no file or cannot be read, and why. */
export interface PassedOver {
  readonly path: string;
  readonly reason: string;
}

/** The bytes of corosync.conf and of the files beside it. */
export interface ConfigurationFiles {
  readonly main: FileContent;
  /** The files of `uidgid.d` beside the main file, in the order of the directory. */
  readonly uidgid: readonly FileContent[];
  /** What else is in `uidgid.d` and cannot be read, which the daemon passes over in silence. */
  readonly passedOver?: readonly PassedOver[];
}

/**
 * Reads corosync.conf and the files of uidgid.d into cmap keys with types (spec config 1 and 2).
 * @param tolerate takes each error, and what is on its line is left out; without it the first is thrown
 * @throws ConfigError of step "file": the first error, with its file and line
 */
export function parseConfiguration(
  files: ConfigurationFiles,
  accounts: AccountLookup,
  tolerate?: (error: ConfigError) => void,
): ConfigMap {
  const map = new ConfigMap();
  const reader = new MainFileReader(map, accounts, fileOutline(files.main));
  readSections(files.main.path, files.main.content, reader, tolerate);
  for (const { path, content } of files.uidgid) {
    readSections(path, content, new UidgidFileReader(map, accounts), tolerate);
  }
  return map;
}
