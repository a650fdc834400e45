import { readFileSync } from "node:fs";

/**
 * Names and addresses of one lab. Everything of a lab, its bridge included, lives in network namespaces of
 * its own, so neither interface names nor subnets of two labs can meet; they still differ, to be told
 * apart in logs and captures.
 */
export class LabIdentity {
  /** Up to 10 characters, letters and digits. */
  readonly name: string;
  /** First three bytes of the hosts' addresses. */
  readonly subnet: string;

  constructor(name: string) {
    if (!/^[a-z0-9]{1,10}$/.test(name)) {
      throw new RangeError(`lab name "${name}": use 1 to 10 lower case letters and digits`);
    }
    this.name = name;
    let fold = 0;
    for (const character of name) fold = (fold * 31 + character.charCodeAt(0)) % (64 * 256);
    this.subnet = `10.${64 + (fold >> 8)}.${fold & 255}`;
  }

  get switchNamespace(): string {
    return `cslab-${this.name}-sw`;
  }

  hostNamespace(host: number): string {
    return `cslab-${this.name}-${host}`;
  }

  /** The bridge's end of a host's cable; inside the switch namespace only. */
  portName(host: number): string {
    return `port${host}`;
  }

  address(host: number): string {
    return `${this.subnet}.${host}`;
  }

  macAddress(host: number): string {
    return `02:00:00:00:00:${host.toString(16).padStart(2, "0")}`;
  }

  /** Host numbers in hexadecimal, as IPv6 has them; of all labs the same. */
  address6(host: number): string {
    return `fd00::${host.toString(16)}`;
  }
}

/** The process a lab belongs to: its id, and when it started because ids are used again. */
export interface LabOwner {
  readonly pid: number;
  readonly startTimeTicks: string;
}

/** @returns undefined when there is no such living process. */
export function processOwner(pid: number): LabOwner | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name in parentheses may hold spaces; starttime is field 22, the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie is dead; only nobody has asked for its status yet.
    if (fields[0] === "Z") return undefined;
    return { pid, startTimeTicks: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

export function isAlive(owner: LabOwner): boolean {
  return processOwner(owner.pid)?.startTimeTicks === owner.startTimeTicks;
}
