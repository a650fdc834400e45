import type { ByteSpan } from "@corosync/codec";
import { type CpgGroup, joinGroup } from "@corosync/cpg";
import type { ClientConnection } from "@corosync/ipc";
import type { Counts } from "./counts.ts";
import { type GroupChecker, GroupLog } from "./group-checker.ts";
import { decodeNumbered, encodeNumbered, SHORT_STEP } from "./numbered-message.ts";
import type { RingChecks } from "./ring-checks.ts";
import { Violation } from "./violation.ts";

export interface ClientWorld {
  readonly checker: GroupChecker;
  readonly counts: Counts;
  /** How many messages each process has sent, by its name; also of those that are gone. */
  readonly sentCounts: Map<string, number>;
  event(kind: string, value: number, text: () => string): void;
  failed(error: unknown): void;
  /** A process is gone; what it sent may be under way. */
  departed(name: string): void;
}

/** How a process comes to its end. */
export type ClientEnding = "leaves" | "closes" | "is killed";

/** A process that is in one CPG group. */
export class SimulatedClient {
  readonly log: GroupLog;
  readonly nodeId: number;
  readonly pid: number;
  group: CpgGroup | null = null;
  #connection: ClientConnection | null = null;
  #gone = false;

  constructor(
    nodeId: number,
    pid: number,
    readonly groupName: string,
    readonly world: ClientWorld,
    rings: RingChecks,
  ) {
    this.nodeId = nodeId;
    this.pid = pid;
    this.log = new GroupLog(`${nodeId}/${pid}`, groupName, world.checker, rings);
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** The process is not looked at any more. */
  depart(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.world.departed(this.log.name);
  }

  /** Connects and joins in the turns to come. */
  start(connection: Promise<ClientConnection>): void {
    this.#join(connection).catch(() => this.depart());
  }

  async #join(connection: Promise<ClientConnection>): Promise<void> {
    const { world, log } = this;
    this.#connection = await connection;
    const group = await joinGroup(this.#connection, this.groupName, {
      pid: this.pid,
      receiver: {
        message: (nodeId, pid, data) => this.#guard(() => this.#take(nodeId, pid, data)),
        membership: (event) =>
          this.#guard(() => {
            world.event("membership", event.members.length, () => {
              const names = event.members.map((m) => `${m.nodeId}/${m.pid}`);
              return `${log.name} in ${this.groupName}: ${names.join(" ")}`;
            });
            log.membership(event);
          }),
        configuration: (event) => this.#guard(() => log.configuration(event)),
      },
    });
    this.group = group;
    world.counts.joins++;
    await group.closed;
    this.depart();
  }

  #guard(work: () => void): void {
    if (this.gone) return;
    try {
      work();
    } catch (error) {
      this.world.failed(error);
    }
  }

  #take(nodeId: number, pid: number, data: ByteSpan): void {
    const sender = `${nodeId}/${pid}`;
    const sentCount = this.world.sentCounts.get(sender) ?? 0;
    const number = decodeNumbered(data, nodeId, pid, sentCount);
    if (number < 0) throw new Violation("M1", `${this.log.name} got a damaged message of ${sender}`);
    if (number >= sentCount)
      throw new Violation("M1", `${this.log.name} got ${sender} #${number}, which was never sent`);
    this.world.event("deliver", number, () => `${this.log.name} gets ${sender} #${number}, ${data.length} B`);
    this.log.message(sender, number);
  }

  /** Multicasts one message of that many bytes, if there is room. */
  send(lengthBytes: number, fill: number): void {
    if (this.group === null || this.gone) return;
    const { counts, sentCounts } = this.world;
    const number = this.log.ownSent;
    // Few can be that short, so some of those are.
    const length = number % SHORT_STEP === 0 && fill % 2 === 0 ? 1 + (fill % 3) : lengthBytes;
    const data = encodeNumbered(number, this.nodeId, this.pid, length, fill);
    if (!this.group.tryMulticast(data)) {
      counts.refusedMessages++;
      return;
    }
    const { log } = this;
    this.world.event("send", data.length, () => `${log.name} sends #${log.ownSent}, ${data.length} B`);
    this.log.ownSent++;
    sentCounts.set(this.log.name, this.log.ownSent);
    counts.messages++;
    counts.messageBytes += data.length;
    counts.longestMessageBytes = Math.max(counts.longestMessageBytes, data.length);
  }

  /** Leaves the group, or ends without it: in order, after all that it has sent is taken, or killed. */
  end(way: ClientEnding): void {
    if (this.group === null || this.gone) return;
    this.depart();
    this.world.checker.processEnded(this.log.name, way === "leaves" ? "leave" : "procDown");
    if (way === "leaves") this.world.counts.leaves++;
    else this.world.counts.deaths++;
    this.#endBy(way, this.group).catch(() => undefined);
  }

  async #endBy(way: ClientEnding, group: CpgGroup): Promise<void> {
    if (way === "leaves") await group.leave();
    else if (way === "closes") await group.close();
    else await this.#connection?.close();
  }
}
