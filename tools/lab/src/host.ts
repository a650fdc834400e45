import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DaemonKind, DaemonNode, type DaemonOptions, daemonCommand } from "./daemon-node.ts";
import { type ExecuteOptions, execute } from "./execute.ts";
import type { LabIdentity } from "./lab-identity.ts";
import { LabProcess } from "./lab-process.ts";

/** Directories a daemon uses, each host with its own: the mount point and where it really is. */
const MOUNTS: readonly (readonly [string, string])[] = [
  ["/etc/corosync", "etc"],
  ["/var/lib/corosync", "lib"],
  ["/var/log/corosync", "log"],
  ["/run", "run"],
];

/**
 * Arguments: pairs of source and mount point. Keeps the mount namespace alive until it is killed. The
 * output is closed so that nobody waits for it when the lab's owner is gone.
 */
const HOLDER_SCRIPT = `
set -e
while [ $# -gt 0 ]; do mkdir -p "$2"; mount --bind "$1" "$2"; shift 2; done
mount -t tmpfs -o mode=1777 lab /dev/shm
echo mounted
exec sleep infinity <&- >&- 2>&-
`;

export interface RunOptions extends ExecuteOptions {}

/** One host of a lab: a network namespace and a set of private directories. */
export class Host {
  readonly number: number;
  readonly address: string;
  readonly address6: string;
  /** Where the host's directories are as the lab's owner sees them. */
  readonly directory: string;
  readonly namespace: string;
  readonly holderPid: number;
  readonly nodes: DaemonNode[] = [];

  private readonly identity: LabIdentity;

  constructor(identity: LabIdentity, number: number, directory: string, holderPid: number) {
    this.identity = identity;
    this.number = number;
    this.address = identity.address(number);
    this.address6 = identity.address6(number);
    this.namespace = identity.hostNamespace(number);
    this.directory = directory;
    this.holderPid = holderPid;
  }

  /** Runs a program in the host to its end and resolves with its standard output. */
  run(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const [file, ...args] = this.enter(command);
    return execute(file!, args, options);
  }

  /** Starts a program in the host. Its standard error is a log of its own. */
  spawn(command: readonly string[], title = command[0] ?? ""): LabProcess {
    return this.launch(command, title, false);
  }

  /** Starts a daemon with the host's corosync.conf. Await `node.waitForMembers` for readiness. */
  start(kind: DaemonKind, options: DaemonOptions = {}): DaemonNode {
    const command = daemonCommand(kind, options);
    const child = this.launch(command, `host ${this.number} (${kind})`, true);
    const node = new DaemonNode(child, kind, this.number);
    this.nodes.push(node);
    return node;
  }

  /** The daemon started last. @throws Error when none was started. */
  get node(): DaemonNode {
    const node = this.nodes.at(-1);
    if (node === undefined) throw new Error(`host ${this.number} has no daemon`);
    return node;
  }

  /** Writes a file below the host's /etc/corosync. */
  writeEtc(name: string, content: string | Uint8Array, mode = 0o644): void {
    const file = join(this.directory, "etc", name);
    rmSync(file, { force: true });
    writeFileSync(file, content, { mode });
  }

  /** Drops what arrives from these addresses. */
  async block(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) await this.iptables(["-A", "INPUT", "-s", address, "-j", "DROP"]);
  }

  /** Drops a fraction of what arrives on the network (not what the host sends to itself). */
  async lose(fraction: number): Promise<void> {
    if (!(fraction > 0 && fraction <= 1)) throw new RangeError(`loss of ${fraction}: use 0 < fraction <= 1`);
    const random = ["-m", "statistic", "--mode", "random", "--probability", String(fraction)];
    await this.iptables(["-A", "INPUT", "-i", "eth0", ...random, "-j", "DROP"]);
  }

  /** Takes the network interface down, or up with the addresses and routes that it had. */
  async setLink(state: "down" | "up"): Promise<void> {
    const inHost = ["-n", this.namespace];
    await execute("ip", [...inHost, "link", "set", "eth0", state]);
    if (state === "down") return;
    await execute("ip", [...inHost, "route", "replace", "224.0.0.0/4", "dev", "eth0"]);
    // Unlike those of IPv4, the kernel forgets addresses of IPv6.
    await execute("ip", [...inHost, "addr", "replace", `${this.address6}/64`, "dev", "eth0", "nodad"]);
  }

  /** Removes the network interface. */
  async unplug(): Promise<void> {
    await execute("ip", ["-n", this.namespace, "link", "delete", "eth0"]);
  }

  /** After `unplug`: a new interface of the same name, with the same addresses. */
  async plugIn(): Promise<void> {
    await plugIn(this.identity, this.number);
  }

  /** Removes every rule of `block` and `lose`. */
  async unblock(): Promise<void> {
    await this.iptables(["-F", "INPUT"]);
  }

  /** The command line that runs a command inside the host; it becomes that command, with its pid. */
  enter(command: readonly string[]): string[] {
    const target = `/proc/${this.holderPid}/ns`;
    return ["nsenter", `--net=${target}/net`, `--mount=${target}/mnt`, "--", ...command];
  }

  private launch(command: readonly string[], title: string, mergeErrors: boolean): LabProcess {
    const [file, ...args] = this.enter(command);
    return new LabProcess(spawn(file!, args, { stdio: "pipe" }), title, mergeErrors);
  }

  private async iptables(args: readonly string[]): Promise<void> {
    await execute("ip", ["netns", "exec", this.namespace, "iptables", "-w", ...args]);
  }
}

/** Creates a host's namespace, cable, directories and mounts. */
export async function createHost(identity: LabIdentity, number: number, directory: string): Promise<Host> {
  if (!(Number.isInteger(number) && number >= 1 && number <= 250))
    throw new RangeError(`host number ${number}`);
  await connect(identity, number);
  const mounts: string[] = [];
  for (const [mountPoint, name] of MOUNTS) {
    const source = join(directory, name);
    mkdirSync(source, { recursive: true });
    mounts.push(source, mountPoint);
  }
  const holderPid = await startHolder(identity.hostNamespace(number), mounts);
  return new Host(identity, number, directory, holderPid);
}

async function connect(identity: LabIdentity, number: number): Promise<void> {
  const namespace = identity.hostNamespace(number);
  await execute("ip", ["netns", "add", namespace]);
  await execute("ip", ["-n", namespace, "link", "set", "lo", "up"]);
  await plugIn(identity, number);
}

async function plugIn(identity: LabIdentity, number: number): Promise<void> {
  const namespace = identity.hostNamespace(number);
  const port = identity.portName(number);
  const inHost = ["-n", namespace];
  await execute("ip", [
    ...["-n", identity.switchNamespace, "link", "add", port, "type", "veth"],
    // The same MAC address each time: neighbours would send to a former one for up to half a minute.
    ...["peer", "name", "eth0", "address", identity.macAddress(number), "netns", namespace],
  ]);
  await execute("ip", ["-n", identity.switchNamespace, "link", "set", port, "master", "bridge", "up"]);
  await execute("ip", [...inHost, "addr", "add", `${identity.address(number)}/24`, "dev", "eth0"]);
  // Without waiting for duplicates: programs could not use the address for a second or two.
  const address6 = `${identity.address6(number)}/64`;
  await execute("ip", [...inHost, "addr", "add", address6, "dev", "eth0", "nodad"]);
  await execute("ip", [...inHost, "link", "set", "eth0", "up"]);
  // Multicast needs a route. A default route there must not be: the C daemon would wait for DNS.
  await execute("ip", [...inHost, "route", "add", "224.0.0.0/4", "dev", "eth0"]);
}

/** @returns the holder's pid, once all mounts are in place. */
async function startHolder(namespace: string, mounts: readonly string[]): Promise<number> {
  const shell = ["sh", "-c", HOLDER_SCRIPT, "lab-host", ...mounts];
  const args = ["netns", "exec", namespace, "unshare", "--mount", ...shell];
  const child = spawn("ip", args, { stdio: "pipe", detached: true });
  const holder = new LabProcess(child, `${namespace} mounts`, true);
  await holder.waitForLog(/^mounted$/);
  child.unref();
  return holder.pid;
}
