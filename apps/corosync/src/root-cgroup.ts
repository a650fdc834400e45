import { accessSync, constants, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strerror } from "@corosync/errno";
import type { SubsystemLog } from "./logging/log-system.ts";

/** Where every distribution mounts the hierarchy. */
const MOUNT_POINT = "/sys/fs/cgroup";

/** By version: the file that tells whether it is mounted, and the one that takes the pid. */
const HIERARCHIES = [
  { version: "v1", mark: "cpu/cpu.rt_runtime_us", tasks: "cpu/tasks" },
  { version: "v2", mark: "cgroup.procs", tasks: "cgroup.procs" },
] as const;

/**
 * Moves this process to the root of the cgroup hierarchy, the only one that has real-time time on kernels
 * with CONFIG_RT_GROUP_SCHED (spec config 10.5). Failing is not fatal.
 */
export function moveToRootCgroup(log: SubsystemLog, pid = process.pid, mountPoint = MOUNT_POINT): void {
  const found = HIERARCHIES.find(({ mark }) => readable(join(mountPoint, mark)));
  if (found === undefined) {
    const text =
      "cpu.rt_runtime_us or cgroup.procs doesn't exist -> system without cgroup or with disabled CONFIG_RT_GROUP_SCHED";
    log("debug", text);
    return;
  }
  log("debug", `Moving main pid to cgroup ${found.version} root cgroup`);
  const path = join(mountPoint, found.tasks);
  try {
    writeFileSync(path, `${pid}\n`);
  } catch (error) {
    log("warning", `Can't write corosync pid into cgroups tasks file ${path}: ${strerror(error)}`);
  }
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
