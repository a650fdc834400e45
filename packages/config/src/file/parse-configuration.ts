import { ConfigError } from "../config-error.ts";
import { ConfigMap } from "../config-map.ts";
import type { AccountLookup } from "./accounts.ts";
import { readSections, type SectionReader } from "./grammar.ts";
import { MainFileReader } from "./main-file.ts";
import { UidgidFileReader } from "./uidgid-file.ts";

/** A file and what it holds. */
export interface FileContent {
  /** Its name as errors give it. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** The bytes of corosync.conf and of the files beside it. */
export interface ConfigurationFiles {
  readonly main: FileContent;
  /** The files of `uidgid.d` beside the main file, in the order of the directory. */
  readonly uidgid: readonly FileContent[];
}

/**
 * Reads corosync.conf and the files of uidgid.d into cmap keys with types (spec config 1 and 2).
 * @throws ConfigError of step "file": the first error, with its file and line
 */
export function parseConfiguration(files: ConfigurationFiles, accounts: AccountLookup): ConfigMap {
  const map = new ConfigMap();
  const legacyCiphers = hasLegacyCiphers(files.main);
  readSections(files.main.path, files.main.content, new MainFileReader(map, accounts, legacyCiphers));
  for (const { path, content } of files.uidgid) {
    readSections(path, content, new UidgidFileReader(map, accounts));
  }
  return map;
}

/** The transport may come after the cipher, so it is looked for first; faults are found later. */
function hasLegacyCiphers({ path, content }: FileContent): boolean {
  let transport = "";
  const finder: SectionReader<string> = {
    topLevel: "",
    enter: (section) => section,
    item: (key, value, section) => {
      if (section === "totem" && key === "totem.transport") transport = value;
    },
    leave: () => {},
  };
  try {
    readSections(path, content, finder);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  return transport === "udp" || transport === "udpu";
}
