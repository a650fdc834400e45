import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCpgEngine } from "@corosync/cpg";
import { createExecutive, type Executive, LocalRing } from "@corosync/executive";
import { listenStream, serviceAddress } from "@corosync/ipc";

/** An executive of one node whose clients connect to sockets in a directory of its own. */
export class SingleNode implements AsyncDisposable {
  readonly ring: LocalRing;
  readonly executive: Executive;
  private constructor(readonly socketDirectory: string) {
    this.ring = new LocalRing({ nodeId: 1, schedule: (turn) => setImmediate(turn) });
    this.executive = createExecutive({
      totem: this.ring,
      services: [createCpgEngine()],
      log: () => {},
      random: () => 1,
      nowMs: () => performance.now(),
    });
  }

  static async start(): Promise<SingleNode> {
    const node = new SingleNode(await mkdtemp(join(tmpdir(), "corosync-")));
    await node.executive.serve((service, handler) =>
      listenStream({ service, address: serviceAddress(service, node.socketDirectory), handler }),
    );
    return node;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.executive.close();
    this.ring.leave();
    await rm(this.socketDirectory, { recursive: true });
  }
}
