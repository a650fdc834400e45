import type { Cluster } from "./cluster.ts";
import type { Profile } from "./profile.ts";
import { SeededRandom } from "./seeded-random.ts";
import type { ClientEnding, SimulatedClient } from "./simulated-client.ts";

/** What a process may multicast in one piece (spec services-cpg-sam 6). */
const LONGEST_BYTES = 1_047_552;
/** What fits a packet together with others. */
const SHORT_BYTES = 300;

/** What processes do: come, join groups, multicast, leave, die. */
export class Workload {
  #nextPid = 1000;
  #ended = false;
  readonly #groups: readonly string[];

  constructor(
    readonly cluster: Cluster,
    readonly profile: Profile,
    readonly random: SeededRandom,
  ) {
    this.#groups = Array.from({ length: Math.max(1, profile.groups) }, (_, i) => `group ${i + 1}`);
  }

  start(): void {
    if (this.profile.load > 0) this.#next();
  }

  end(): void {
    this.#ended = true;
  }

  #next(): void {
    const { scheduler } = this.cluster.surroundings;
    scheduler.queue.after(this.random.exponential(1000 / this.profile.load), () => {
      if (this.#ended) return;
      // A source for each operation: what one finds does not change the next.
      this.#operate(new SeededRandom(this.random.below(0x1_0000_0000)));
      this.#next();
    });
  }

  #operate(random: SeededRandom): void {
    const { cluster, profile } = this;
    const node = cluster.node(random.pick(cluster.ids));
    if (!node.alive || node.paused) return;
    const clients = node.clients.filter((client) => !client.gone);
    cluster.surroundings.scheduler.settlePromises();
    const changes = random.chance(profile.churn);
    const comes = changes && random.chance(0.6);
    if (clients.length === 0 || (comes && clients.length < profile.processes))
      node.connect(this.#nextPid++, random.pick(this.#groups));
    else if (changes) this.#end(random.pick(clients), random);
    else this.#multicast(random.pick(clients), random);
  }

  /** Those that are killed have often just sent something. */
  #end(client: SimulatedClient, random: SeededRandom): void {
    const way = random.pick<ClientEnding>(["leaves", "closes", "is killed", "is killed"]);
    if (way === "is killed" && random.chance(0.5)) this.#multicast(client, random);
    client.end(way);
  }

  #multicast(client: SimulatedClient, random: SeededRandom): void {
    const { burst } = this.profile;
    // Most bursts are short, a tenth are of any length up to the longest.
    const most = random.chance(0.1) ? burst : Math.min(burst, 4);
    for (let left = 1 + random.below(most); left > 0; left--)
      client.send(this.#messageBytes(random), random.below(256));
  }

  /** Mostly what fits a packet; a tenth what fills one or needs many, each order of magnitude alike. */
  #messageBytes(random: SeededRandom): number {
    const { messageBytes } = this.profile;
    if (!random.chance(0.1)) return 1 + random.below(Math.min(SHORT_BYTES, messageBytes));
    return Math.min(LONGEST_BYTES, Math.ceil(messageBytes ** random.next()));
  }
}
