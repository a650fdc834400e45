import { displayText } from "../byte-text.ts";
import { ConfigError } from "../config-error.ts";
import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "./environment.ts";

/** The system section (spec config 2.5). */
export interface SystemSettings {
  readonly stateDirectory: string;
  /**
   * Directory for IPC sockets in the file system instead of abstract names, or null
   * (`system.ipc_socket_dir`, not a key of the C daemon).
   */
  readonly ipcSocketDirectory: string | null;
  readonly ipcType: "native" | "shm" | "socket";
  readonly realtimeScheduling: boolean;
  /** Nice value for the process group, or the ends of its range; null is 0, unset. */
  readonly priority: number | "max" | "min" | null;
  readonly moveToRootCgroup: "yes" | "no" | "auto";
  readonly allowKnetHandleFallback: boolean;
}

const INTEGER = /^[ \t\n\v\f\r]*[+-]?[0-9]+$/;
const MAX_I32 = 0x7fff_ffff;

/** The directory of everything the daemon keeps: the configured one, or the environment's. */
export function readStateDirectory(map: ReadonlyConfigMap, environment: ConfigEnvironment): string {
  return map.string("system.state_dir") ?? environment.defaultStateDirectory;
}

/** @throws ConfigError of step "state-directory" when the directory cannot be worked in */
export function checkStateDirectory(directory: string, environment: ConfigEnvironment): void {
  const reason = environment.enterDirectory(directory);
  if (reason === null) return;
  throw new ConfigError("state-directory", `Cannot chdir to state directory ${directory}. ${reason}`);
}

/**
 * Reads the system section. Its words were checked by the parser.
 * @param testOnly leaves the priority unchecked, as `corosync -t` does (spec config 3.1)
 * @throws ConfigError of step "system"
 */
export function readSystem(
  map: ReadonlyConfigMap,
  environment: ConfigEnvironment,
  testOnly: boolean,
): SystemSettings {
  const ipcType = map.text("system.qb_ipc_type");
  const cgroup = map.text("system.move_to_root_cgroup");
  return {
    stateDirectory: readStateDirectory(map, environment),
    ipcSocketDirectory: map.string("system.ipc_socket_dir") || null,
    ipcType: ipcType === "shm" || ipcType === "socket" ? ipcType : "native",
    realtimeScheduling: (map.text("system.sched_rr") ?? "yes") === "yes",
    priority: priority(map.text("system.priority"), testOnly),
    moveToRootCgroup: cgroup === "yes" || cgroup === "no" ? cgroup : "auto",
    allowKnetHandleFallback: map.text("system.allow_knet_handle_fallback") === "yes",
  };
}

function priority(word: string | undefined, testOnly: boolean): SystemSettings["priority"] {
  if (word === undefined) return null;
  if (word === "max" || word === "min") return word;
  const value = INTEGER.test(word) ? Number(word) : word === "" ? 0 : Number.NaN;
  if (value >= -MAX_I32 - 1 && value <= MAX_I32) return value;
  if (testOnly) return null;
  throw new ConfigError("system", `Priority value ${displayText(word)} is invalid`);
}
