import { setImmediate as nextTurn } from "node:timers/promises";
import { type CpgGroup, createCpgEngine, type JoinOptions, joinGroup } from "@corosync/cpg";
import { createExecutive, type Executive } from "@corosync/executive";
import { type MemoryCarrier, memoryCarrier } from "@corosync/ipc";
import { TotalOrderBus } from "./total-order-bus.ts";

/** Executives on a bus, with clients over memory carriers: everything but the network. */
export class StackCluster {
  readonly bus = new TotalOrderBus();
  readonly executives = new Map<number, Executive>();
  readonly #carriers = new Map<number, MemoryCarrier>();
  readonly log: string[] = [];
  #nextPid = 1;

  async start(...ids: number[]): Promise<void> {
    for (const id of ids) {
      const executive = createExecutive({
        totem: this.bus.add(id),
        services: [createCpgEngine()],
        log: (subsystem, level, text) => this.log.push(`${id} ${subsystem} ${level} ${text}`),
        random: () => 7,
        nowMs: () => performance.now(),
      });
      await executive.serve((_service, handler) => {
        const carrier = memoryCarrier(handler);
        this.#carriers.set(id, carrier);
        return carrier.server;
      });
      this.executives.set(id, executive);
    }
  }

  /** The daemon dies: clients lose their connections, the ring notices at the next `install`. */
  kill(id: number): void {
    this.bus.remove(id);
    this.executives.delete(id);
    void this.#carriers.get(id)?.server.close();
  }

  carrier(nodeId: number): MemoryCarrier {
    return this.#carriers.get(nodeId)!;
  }

  async join(nodeId: number, name: string, options: Partial<JoinOptions> = {}): Promise<CpgGroup> {
    const connection = await this.carrier(nodeId).connect();
    return this.during(joinGroup(connection, name, { pid: this.#nextPid++, ...options }));
  }

  /** Turns the rings until `promise` settles. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    await this.until(() => settled);
    return promise;
  }

  async until(condition: () => boolean): Promise<void> {
    for (let turns = 0; !condition(); turns++) {
      if (turns > 50_000) throw new Error("what was waited for did not happen");
      this.bus.rotate(1 + (turns % 3));
      await nextTurn();
    }
  }

  async turns(count: number): Promise<void> {
    let done = 0;
    await this.until(() => done++ === count);
  }
}
