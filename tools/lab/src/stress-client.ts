import { resolve } from "node:path";
import { compileCProgram } from "./c-programs.ts";
import type { DaemonKind } from "./daemon-node.ts";
import type { Host } from "./host.ts";
import type { LabProcess, ProcessExit } from "./lab-process.ts";
import { STRESS_MAX_LENGTH_BYTES } from "./stress-content.ts";

export interface StressOptions {
  readonly group: string;
  /** Of this client's own messages. */
  readonly seed: number;
  /** Default 1; from 4 on each message holds its whole counter. */
  readonly minLengthBytes?: number;
  /** Default 900 kB. */
  readonly maxLengthBytes?: number;
  /** Default 20 s. */
  readonly joinTimeoutMs?: number;
}

/** The file that runs the TypeScript twin of cpg-stress; it must have been built. */
function tsStressFile(): string {
  return resolve(import.meta.dirname, "../dist/cpg-stress.js");
}

/** Starts cpg-stress, C's (libcpg) or ours (@corosync/client), and waits until it has joined. */
export async function startStress(
  host: Host,
  kind: DaemonKind,
  options: StressOptions,
): Promise<StressClient> {
  return await joinedStress(await launchStress(host, kind, options), kind, options);
}

/** Starts cpg-stress without waiting for its join. */
export async function launchStress(
  host: Host,
  kind: DaemonKind,
  options: StressOptions,
): Promise<LabProcess> {
  const { group, seed, minLengthBytes = 1, maxLengthBytes = STRESS_MAX_LENGTH_BYTES } = options;
  const program = kind === "c" ? [await compileCProgram("cpg-stress")] : [process.execPath, tsStressFile()];
  const args = [
    ...["--group", group],
    ...["--seed", String(seed)],
    ...["--min-length", String(minLengthBytes)],
    ...["--max-length", String(maxLengthBytes)],
  ];
  return host.spawn([...program, ...args], `cpg-stress on host ${host.number} (${kind})`);
}

/** Waits until a launched cpg-stress has joined. @throws Error with what it said when it can not */
export async function joinedStress(
  client: LabProcess,
  kind: DaemonKind,
  { seed, maxLengthBytes = STRESS_MAX_LENGTH_BYTES, joinTimeoutMs = 20_000 }: StressOptions,
): Promise<StressClient> {
  const ready = await client
    .waitForLog(/^ready \d+ \d+$/, { timeoutMs: joinTimeoutMs })
    .catch((error: unknown) => {
      throw new Error(`${String(error)}\n${client.errors.tail()}`);
    });
  const [, nodeId, pid] = ready.split(" ");
  return new StressClient(client, kind, Number(nodeId), Number(pid), seed, maxLengthBytes);
}

/** A joined cpg-stress and what it has printed. */
export class StressClient {
  readonly process: LabProcess;
  readonly kind: DaemonKind;
  readonly nodeId: number;
  readonly pid: number;
  readonly seed: number;
  readonly maxLengthBytes: number;

  constructor(
    process: LabProcess,
    kind: DaemonKind,
    nodeId: number,
    pid: number,
    seed: number,
    maxLengthBytes: number,
  ) {
    this.process = process;
    this.kind = kind;
    this.nodeId = nodeId;
    this.pid = pid;
    this.seed = seed;
    this.maxLengthBytes = maxLengthBytes;
  }

  /** "NODEID:PID" as the lines show it. */
  get address(): string {
    return `${this.nodeId}:${this.pid}`;
  }

  /** Multicasts further messages as fast as the daemon takes them; `waitForSent` tells the end. */
  send(count: number): void {
    this.process.write(`send ${count}`);
  }

  /** @param total messages this client has sent in all. */
  waitForSent(total: number, timeoutMs = 60_000): Promise<string> {
    return this.process.waitForLog(new RegExp(`^sent ${total}$`), { timeoutMs });
  }

  leave(): void {
    this.process.write("leave");
  }

  async quit(): Promise<ProcessExit> {
    this.process.write("quit");
    return await this.process.waitForExit("quit");
  }

  kill(): Promise<ProcessExit> {
    return this.process.kill("SIGKILL");
  }

  /** Lines of deliveries, in order: "message NODEID PID COUNTER LENGTH HASH". */
  get messages(): string[] {
    return this.process.log.lines.filter((line) => line.startsWith("message "));
  }

  /** Lines of membership changes, in order. */
  get configurationChanges(): string[] {
    return this.process.log.lines.filter((line) => line.startsWith("confchg "));
  }

  /** Lines of both kinds, in the one order of the group. */
  get events(): string[] {
    return this.process.log.lines.filter(
      (line) => line.startsWith("message ") || line.startsWith("confchg "),
    );
  }

  /** Resolves when the last configuration change shows exactly these processes. */
  async waitForGroup(clients: readonly StressClient[], timeoutMs = 20_000): Promise<void> {
    const wanted = clients.map((client) => client.address).sort();
    const scan = new LineScan(this.process.log.lines);
    let current = "";
    await this.process.log.until(
      () => {
        scan.forEachNew((line) => {
          const members = /^confchg members((?: \d+:\d+)*) left/.exec(line)?.[1];
          if (members !== undefined) current = members.trim().split(" ").sort().join(" ");
        });
        return current === wanted.join(" ") ? true : undefined;
      },
      `group of ${wanted.join(" ")}`,
      { timeoutMs },
    );
  }

  /** Resolves when this many messages were delivered to this client in all. */
  async waitForDelivered(count: number, timeoutMs = 60_000): Promise<void> {
    const scan = new LineScan(this.process.log.lines);
    let delivered = 0;
    await this.process.log.until(
      () => {
        scan.forEachNew((line) => {
          if (line.startsWith("message ")) delivered++;
        });
        return delivered >= count ? true : undefined;
      },
      `${count} deliveries`,
      { timeoutMs },
    );
  }
}

/** Walks over lines once, however often it is asked. */
class LineScan {
  private readonly lines: readonly string[];
  private next = 0;

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  forEachNew(visit: (line: string) => void): void {
    while (this.next < this.lines.length) visit(this.lines[this.next++]!);
  }
}
