import { readFileSync } from "node:fs";
import { CIPHER_NAMES, HASH_NAMES } from "@corosync/crypto";

/** The release of Corosync whose wire format, files and tools this daemon works with. */
const INTEROP_VERSION = "3.1.7";

const { version: OWN_VERSION } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

/** As the log names the daemon when it starts. */
export const VERSION_TEXT = `${INTEROP_VERSION} (TypeScript ${OWN_VERSION})`;

/** What this daemon can do that a build of it could lack, as the C daemon lists its build options. */
export const FEATURES = "udpu udp stream-ipc json-logging";

/** What `corosync -v` prints; the first line has the form that other programs look for. */
export function versionPage(): string {
  return `Corosync Cluster Engine, version '${INTEROP_VERSION}' (TypeScript ${OWN_VERSION})

Built-in features: ${FEATURES}
Available crypto ciphers: ${CIPHER_NAMES.join(" ")}
Available crypto hashes: ${HASH_NAMES.join(" ")}
`;
}
