import type { Cluster } from "./cluster.ts";
import type { Profile } from "./profile.ts";
import type { SeededRandom } from "./seeded-random.ts";

const GROUPS = ["orders", "stock", "bills"];
/** How many processes a node has at most. */
const CLIENTS_PER_NODE = 4;

/** What processes do: come, join groups, multicast, leave, die. */
export class Workload {
  #nextPid = 1000;
  #ended = false;

  constructor(
    readonly cluster: Cluster,
    readonly profile: Profile,
    readonly random: SeededRandom,
  ) {}

  start(): void {
    const { queue } = this.cluster.surroundings.scheduler;
    const meanMs = 1000 / this.profile.operationsPerSecond;
    queue.schedule(queue.nowMs - Math.log(1 - this.random.next()) * meanMs, () => {
      if (this.#ended) return;
      this.#operate();
      this.start();
    });
  }

  end(): void {
    this.#ended = true;
  }

  #operate(): void {
    const { cluster, profile, random } = this;
    const node = cluster.node(random.pick(cluster.ids));
    if (!node.alive || node.paused) return;
    const clients = node.clients.filter((client) => !client.gone);
    cluster.surroundings.scheduler.settlePromises();
    if (clients.length === 0 || (clients.length < CLIENTS_PER_NODE && random.chance(0.1))) {
      node.connect(this.#nextPid++, random.pick(GROUPS));
      return;
    }
    const client = random.pick(clients);
    if (random.chance(0.03)) client.end(random.chance(0.5));
    else {
      // Bursts of mixed sizes: what fits a packet, what fills one, what needs many.
      for (let count = 1 + (random.chance(0.1) ? random.below(40) : random.below(4)); count > 0; count--)
        client.send(
          random.chance(0.1) ? random.below(profile.maxMessageBytes) : random.below(300),
          random.below(256),
        );
    }
  }
}
