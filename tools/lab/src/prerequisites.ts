import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { C_DAEMON_FILE } from "./daemon-node.ts";

interface Requirement {
  readonly program: string;
  readonly debianPackage: string;
}

const PROGRAMS: readonly Requirement[] = [
  { program: "ip", debianPackage: "iproute2" },
  { program: "iptables", debianPackage: "iptables" },
  { program: "unshare", debianPackage: "util-linux" },
  { program: "nsenter", debianPackage: "util-linux" },
  { program: "mount", debianPackage: "mount" },
  { program: "gcc", debianPackage: "gcc" },
];

const CPG_HEADER = "/usr/include/corosync/cpg.h";
const LIBC_HEADER = "/usr/include/stdio.h";

/**
 * What this machine lacks for a lab with C Corosync, one sentence each with how to get it.
 * Empty: everything is there.
 */
export function labPrerequisites(): string[] {
  const missing: string[] = [];
  if (process.platform !== "linux") return ["network namespaces need Linux"];
  if (process.getuid?.() !== 0)
    missing.push("the lab needs root (network namespaces, mounts): run it with sudo");
  for (const { program, debianPackage } of PROGRAMS) {
    if (findProgram(program) === undefined) {
      missing.push(`${program} is missing: apt-get install ${debianPackage}`);
    }
  }
  if (!existsSync(C_DAEMON_FILE)) missing.push("corosync is missing: apt-get install corosync");
  if (!existsSync(CPG_HEADER)) missing.push(`${CPG_HEADER} is missing: apt-get install libcpg-dev`);
  if (!existsSync(LIBC_HEADER)) missing.push(`${LIBC_HEADER} is missing: apt-get install libc6-dev`);
  return missing;
}

/** The path of a program, looked for where a root shell would, whatever PATH the caller has. */
function findProgram(name: string): string | undefined {
  const directories = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/usr/sbin",
    "/sbin",
    "/usr/bin",
    "/bin",
  ];
  for (const directory of directories) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
