import type { Cluster } from "./cluster.ts";
import { Violation } from "./violation.ts";

/** Virtual time after the last fault, in token timeouts, in which one ring must form and be synchronized. */
const SETTLE_TOKEN_TIMEOUTS = 25;
const SETTLE_MIN_MS = 10_000;
/** For what is under way to arrive. */
const QUIET_MS = 3000;
/** For a last message of each client to arrive. */
const LAST_MESSAGES_MS = 5000;

/** No more faults: one ring must form, synchronize, deliver everything and stay (L1, L4, M7, M8). */
export async function settle(cluster: Cluster): Promise<void> {
  const { scheduler, network, checks, config } = cluster.surroundings;
  network.becomePerfect();
  for (const id of cluster.ids) {
    const node = cluster.node(id);
    node.packetMs = 0;
    if (!node.alive) await cluster.start(id);
  }
  const settleMs = Math.max(SETTLE_MIN_MS, SETTLE_TOKEN_TIMEOUTS * config.tokenTimeoutMs);
  await scheduler.runUntil(scheduler.nowMs + settleMs, () => cluster.isOneRing());
  if (!cluster.isOneRing())
    throw new Violation("L1", `no ring of all after ${settleMs} ms: ${cluster.describeStates()}`);
  await scheduler.runUntil(scheduler.nowMs + QUIET_MS);
  const before = checks.configurations;
  for (const node of cluster.nodes) for (const client of node.clients) client.send(100, 1);
  await scheduler.runUntil(scheduler.nowMs + LAST_MESSAGES_MS);
  if (checks.configurations !== before) throw new Violation("L4", "the ring changed without a cause");
  checks.atRest(cluster.nodes);
}
