import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Set for the process inside; names the folder where it works. */
const INSIDE_VARIABLE = "COROSYNC_CONFIG_FUZZ_FOLDER";

/** What differs from machine to machine: host name, addresses, names, and the daemons' own folders. */
const SETUP = `
set -e
hostname g1.example
ip link set lo up
ip link add eth0 type veth peer name eth1
ip addr add 10.66.0.1/24 dev eth0
ip addr add 10.66.1.1/24 dev eth0
ip addr add 198.51.100.1/24 dev eth0
ip addr add fd66::1/64 dev eth0 nodad
ip link set eth0 up
ip link set eth1 up
for pair in etc:/etc/corosync lib:/var/lib/corosync log:/var/log/corosync; do
  mkdir -p "\${pair#*:}"
  mount --bind "$1/\${pair%%:*}" "\${pair#*:}"
done
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount -t tmpfs -o mode=1777 fuzz /dev/shm
shift
exec "$@"
`;

const HOSTS = `127.0.0.1 localhost
10.66.0.1 g1.example g1
10.66.0.2 g2.example g2
10.66.0.3 both
fd66::3 both
fd66::4 only6
`;

/** Folders of the machine that the daemons write into, and what stands in their place inside. */
const COVERED: readonly (readonly [machine: string, inside: string])[] = [
  ["/etc/corosync", "etc"],
  ["/var/lib/corosync", "lib"],
  ["/var/log/corosync", "log"],
];

/**
 * The folder of the process inside, or null outside.
 * @throws when the variable says inside and it is not so
 */
export function insideFolder(): string | null {
  const folder = process.env[INSIDE_VARIABLE] ?? null;
  if (folder !== null) assertInside(folder);
  return folder;
}

/**
 * Both daemons open the log files that generated files name, as root: on the machine itself that would
 * create and write files in its own folders.
 * @throws unless the folders of the machine are covered by those of the enclosure
 */
export function assertInside(folder: string, covered = COVERED): void {
  for (const [machine, inside] of covered) {
    if (sameFolder(machine, join(folder, inside))) continue;
    throw new Error(`${machine} is the machine's own: generated files are judged in the enclosure only`);
  }
}

function sameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/**
 * Runs a program again in namespaces of its own (network, host name, mounts), where every machine
 * looks the same. Needs root.
 * @returns its exit code
 */
export async function runInside(file: string, words: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "config-fuzz-"));
  try {
    for (const name of ["etc", "lib", "log", "files"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "hosts"), HOSTS);
    // A name server that refuses at once: what is not in the file of hosts does not exist.
    writeFileSync(join(folder, "resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
    writeFileSync(join(folder, "etc", "authkey"), new Uint8Array(256).fill(1));
    writeFileSync(join(folder, "etc", "shortkey"), new Uint8Array(100).fill(1));
    const shell = ["sh", "-c", SETUP, "config-fuzz", folder, process.execPath, file, ...words];
    const child = spawn("unshare", ["--net", "--uts", "--mount", "--", ...shell], {
      stdio: "inherit",
      env: { ...process.env, [INSIDE_VARIABLE]: folder },
    });
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
