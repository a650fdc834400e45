import { type CpgGroup, joinGroup } from "@corosync/cpg";
import type { ClientConnection } from "@corosync/ipc";
import { type GroupChecker, GroupLog } from "./group-checker.ts";
import type { RingLog } from "./ring-log.ts";
import { hashBytes } from "./trace.ts";
import { Violation } from "./violation.ts";

/** number, sender's pid, sender's node and checksum of the rest, 4 bytes each. */
const HEADER_BYTES = 16;

export interface ClientWorld {
  readonly checker: GroupChecker;
  event(kind: string, value: number, text: () => string): void;
  failed(error: unknown): void;
}

/** A process that is in one CPG group. */
export class SimulatedClient {
  readonly log: GroupLog;
  readonly nodeId: number;
  readonly pid: number;
  group: CpgGroup | null = null;
  gone = false;

  constructor(
    nodeId: number,
    pid: number,
    readonly groupName: string,
    readonly world: ClientWorld,
    rings: RingLog,
  ) {
    this.nodeId = nodeId;
    this.pid = pid;
    this.log = new GroupLog(`${nodeId}/${pid}`, groupName, world.checker, rings);
  }

  /** Connects and joins in the turns to come. */
  start(connection: Promise<ClientConnection>): void {
    this.#join(connection).catch(() => {
      this.gone = true;
    });
  }

  async #join(connection: Promise<ClientConnection>): Promise<void> {
    const { world, log } = this;
    const group = await joinGroup(await connection, this.groupName, {
      pid: this.pid,
      receiver: {
        message: (nodeId, pid, data) => this.#guard(() => this.#take(nodeId, pid, data.copy())),
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
    await group.closed;
    this.gone = true;
  }

  #guard(work: () => void): void {
    if (this.gone) return;
    try {
      work();
    } catch (error) {
      this.world.failed(error);
    }
  }

  #take(nodeId: number, pid: number, data: Uint8Array): void {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const sender = `${nodeId}/${pid}`;
    const sound =
      data.length >= HEADER_BYTES &&
      view.getUint32(4, true) === pid &&
      view.getUint32(8, true) === nodeId &&
      view.getUint32(12, true) === hashBytes(data, HEADER_BYTES, data.length - HEADER_BYTES);
    if (!sound) throw new Violation("M1", `${this.log.name} got a damaged message of ${sender}`);
    const number = view.getUint32(0, true);
    this.world.event("deliver", number, () => `${this.log.name} gets ${sender} #${number}`);
    this.log.message(sender, number);
  }

  /** Multicasts one message of that many bytes, if there is room. */
  send(lengthBytes: number, fill: number): void {
    if (this.group === null || this.gone) return;
    const data = new Uint8Array(HEADER_BYTES + lengthBytes).fill(fill & 0xff);
    const view = new DataView(data.buffer);
    view.setUint32(0, this.log.ownSent, true);
    view.setUint32(4, this.pid, true);
    view.setUint32(8, this.nodeId, true);
    view.setUint32(12, hashBytes(data, HEADER_BYTES, lengthBytes), true);
    if (this.group.tryMulticast(data)) this.log.ownSent++;
  }

  /** Leaves in order, or dies. */
  end(inOrder: boolean): void {
    if (this.group === null || this.gone) return;
    this.gone = true;
    const ending = inOrder ? this.group.leave() : this.group.close();
    ending.catch(() => undefined);
  }
}
