import { fileURLToPath } from "node:url";

export type { Starter } from "./background.ts";
export { runDaemon } from "./run-daemon.ts";

/** The daemon's main module, to be run with node: `node ENTRY -f -c corosync.conf`. */
export const daemonEntryPath: string = fileURLToPath(new URL("../dist/main.js", import.meta.url));
