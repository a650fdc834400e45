import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ConfigOptions, corosyncConf } from "./corosync-conf.ts";
import type { DaemonNode } from "./daemon-node.ts";
import { execute } from "./execute.ts";
import { createHost, Host } from "./host.ts";
import { LabIdentity, type LabOwner, processOwner } from "./lab-identity.ts";
import { LabProcess } from "./lab-process.ts";
import { removeDeadLabs, removeLab } from "./lab-removal.ts";
import { labDirectory, readLabState, writeLabState } from "./lab-state.ts";

const KEY_LENGTH_BYTES = 256;

export interface LabOptions {
  /** Default 3. */
  readonly hostCount?: number;
  /** The lab stays when this process ends, until it is removed by name. Default false. */
  readonly keep?: boolean;
}

/** Hosts in network namespaces on one bridge. */
export class Lab implements AsyncDisposable {
  readonly name: string;
  readonly identity: LabIdentity;
  private readonly byNumber: Map<number, Host>;
  private readonly key = randomBytes(KEY_LENGTH_BYTES);

  constructor(identity: LabIdentity, hosts: readonly Host[]) {
    this.identity = identity;
    this.name = identity.name;
    this.byNumber = new Map(hosts.map((host) => [host.number, host]));
  }

  get hosts(): Host[] {
    return [...this.byNumber.values()];
  }

  /** @throws RangeError when there is no such host. */
  host(number: number): Host {
    const host = this.byNumber.get(number);
    if (host === undefined) throw new RangeError(`lab ${this.name} has no host ${number}`);
    return host;
  }

  /** The daemon started last in a host. */
  node(number: number): DaemonNode {
    return this.host(number).node;
  }

  /**
   * Writes corosync.conf, and the authkey that all share, into hosts.
   * @param at host numbers. Default all.
   */
  writeConfig(options: ConfigOptions = {}, at?: readonly number[]): void {
    const numbers = options.hosts ?? this.hosts.map((host) => host.number);
    const { identity } = this;
    const addressOf = (host: number) =>
      options.family === "ipv6" ? identity.address6(host) : identity.address(host);
    const text = corosyncConf(this.name, addressOf, numbers, options);
    for (const host of at?.map((number) => this.host(number)) ?? this.hosts) {
      host.writeEtc("corosync.conf", text);
      host.writeEtc("authkey", this.key, 0o400);
    }
  }

  /** Cuts the network into parts that do not hear each other: `cut([1], [2, 3])`. */
  async cut(...parts: readonly (readonly number[])[]): Promise<void> {
    const rules = parts.flatMap((part) => {
      const others = parts.filter((other) => other !== part).flat();
      const addresses = others.map((number) => this.host(number).address);
      return part.map((number) => this.host(number).block(addresses));
    });
    await Promise.all(rules);
  }

  /** Ends every cut and every loss. */
  async heal(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.unblock()));
  }

  /** Drops a fraction of the packets that arrive at a host. */
  async loss(host: number, fraction: number): Promise<void> {
    await this.host(host).lose(fraction);
  }

  /** Starts a program that sees the bridge and the ends of the hosts' cables (`identity.portName`). */
  spawnAtSwitch(command: readonly string[], title: string): LabProcess {
    const args = ["netns", "exec", this.identity.switchNamespace, ...command];
    return new LabProcess(spawn("ip", args, { stdio: "pipe" }), title, false);
  }

  /** Kills everything in the lab and removes it. */
  async teardown(): Promise<void> {
    await removeLab(this.name);
    const nodes = this.hosts.flatMap((host) => host.nodes);
    await Promise.all(nodes.map((node) => node.process.exited));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.teardown();
  }
}

let labCount = 0;

/**
 * Creates a lab. The leftovers of labs whose process is gone are removed first.
 * @param name default: one that no other lab of this machine has.
 * @throws CommandError when the machine refuses (see labPrerequisites).
 */
export async function createLab(name?: string, options: LabOptions = {}): Promise<Lab> {
  await removeDeadLabs();
  const labName = name ?? `${process.pid.toString(36)}x${(labCount++).toString(36)}`;
  const identity = new LabIdentity(labName);
  if (readLabState(labName) !== undefined) throw new Error(`lab ${labName} exists already`);
  const owner = options.keep === true ? null : ownProcess();
  writeLabState({ name: labName, owner, hosts: [] });
  try {
    return await build(identity, owner, options.hostCount ?? 3);
  } catch (error) {
    await removeLab(labName);
    throw error;
  }
}

/** A lab that another process has created with `keep`. @throws Error when there is none. */
export function openLab(name: string): Lab {
  const state = readLabState(name);
  if (state === undefined) throw new Error(`there is no lab ${name}`);
  const identity = new LabIdentity(name);
  const hosts = state.hosts.map(
    ({ number, holderPid }) => new Host(identity, number, hostDirectory(name, number), holderPid),
  );
  return new Lab(identity, hosts);
}

async function build(identity: LabIdentity, owner: LabOwner | null, hostCount: number): Promise<Lab> {
  const inSwitch = ["-n", identity.switchNamespace];
  await execute("ip", ["netns", "add", identity.switchNamespace]);
  await execute("ip", [...inSwitch, "link", "add", "bridge", "type", "bridge", "mcast_snooping", "0"]);
  await execute("ip", [...inSwitch, "link", "set", "bridge", "up"]);
  const hosts: Host[] = [];
  for (let number = 1; number <= hostCount; number++) {
    const directory = hostDirectory(identity.name, number);
    mkdirSync(directory, { recursive: true });
    hosts.push(await createHost(identity, number, directory));
  }
  const states = hosts.map((host) => ({ number: host.number, holderPid: host.holderPid }));
  writeLabState({ name: identity.name, owner, hosts: states });
  return new Lab(identity, hosts);
}

function hostDirectory(name: string, number: number): string {
  return join(labDirectory(name), String(number));
}

function ownProcess(): LabOwner {
  const owner = processOwner(process.pid);
  if (owner === undefined) throw new Error("/proc is not mounted");
  return owner;
}
