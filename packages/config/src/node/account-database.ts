import { readFileSync } from "node:fs";
import { storedText } from "../byte-text.ts";
import type { AccountLookup } from "../file/accounts.ts";

/**
 * Users and groups of the local files (Node has no getpwnam; other name services are not asked). The
 * files are read when a name is first asked for; one that cannot be read names nobody.
 */
export function localAccounts(passwdFile = "/etc/passwd", groupFile = "/etc/group"): AccountLookup {
  const users = lazily(() => readNames(passwdFile));
  const groups = lazily(() => readNames(groupFile));
  return {
    userId: (name) => users().get(name) ?? null,
    groupId: (name) => groups().get(name) ?? null,
  };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Both files are lines of `NAME:PASSWORD:ID:…`; of a name that comes twice the first counts. */
function readNames(file: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // A host without the file has no names: the caller reports the one that it looked for.
    return names;
  }
  for (const line of text.split("\n")) {
    const [name = "", , id = ""] = line.split(":");
    const key = storedText(name);
    if (/^[0-9]{1,10}$/.test(id) && !names.has(key)) names.set(key, Number(id));
  }
  return names;
}
