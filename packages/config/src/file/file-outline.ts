import { ConfigError } from "../config-error.ts";
import { readSections, type SectionReader } from "./grammar.ts";
import type { FileContent } from "./parse-configuration.ts";

/** What decides how other lines are read, wherever in the file it stands. */
export interface FileOutline {
  /** The transport is one with the packets of 2.x, and so with its ciphers. */
  readonly legacyCiphers: boolean;
  /** As 2.x, which had no nodelist at first: then `ringnumber` tells the interface sections apart. */
  readonly ringNumbers: boolean;
}

/** Looks through a file for its outline; faults are found later. */
export function fileOutline({ path, content }: FileContent): FileOutline {
  let transport: string | null = null;
  let nodelist = false;
  const finder: SectionReader<string> = {
    topLevel: "",
    enter: (section) => {
      if (section === "nodelist") nodelist = true;
      return section;
    },
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
  const udp = transport === "udp" || transport === "udpu";
  // Without nodelist the transport is udp unless it is said.
  const ringNumbers = !nodelist && (udp || transport === null);
  return { legacyCiphers: udp || ringNumbers, ringNumbers };
}
