import { type FilePosition, LineError } from "../config-error.ts";
import type { ConfigMap } from "../config-map.ts";
import { type AccountLookup, accessKey } from "./accounts.ts";
import type { SectionReader } from "./grammar.ts";

/** Reads a file of `uidgid.d` (spec config 1.9). */
export class UidgidFileReader implements SectionReader<null> {
  readonly topLevel = null;

  constructor(
    private readonly map: ConfigMap,
    private readonly accounts: AccountLookup,
  ) {}

  enter(path: string): null {
    if (path !== "uidgid") throw new LineError("uidgid: Can't add subsection different than uidgid");
    return null;
  }

  item(path: string, value: string, _state: null, position: FilePosition): void {
    if (path !== "uidgid.uid" && path !== "uidgid.gid") {
      throw new LineError("uidgid: Only uid and gid are allowed items");
    }
    const kind = path === "uidgid.uid" ? "uid" : "gid";
    this.map.set(accessKey(kind, value, this.accounts), { type: "u8", value: 1 }, position);
  }

  leave(): void {
    // Nothing is collected: every key is stored when it is read.
  }
}
