import type { Cluster } from "./cluster.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import { Violation } from "./violation.ts";

/** Virtual time after the last fault, in token timeouts, in which one ring must form and be synchronized. */
const SETTLE_TOKEN_TIMEOUTS = 25;
const SETTLE_MIN_MS = 10_000;
/** For what is under way to arrive. */
const QUIET_MS = 3000;
/** For a last message of each client to arrive. */
const LAST_MESSAGES_MS = 5000;

const PERFECT: NetworkConditions = {
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  duplication: 0,
  reordering: 0,
  corruption: 0,
};

/** No more faults: one ring must form, synchronize, deliver everything and stay (L1, L4, M7, M8). */
export async function settle(cluster: Cluster): Promise<void> {
  const { scheduler, network, checks, config, profile } = cluster.surroundings;
  network.separation.end();
  network.conditions = { ...PERFECT, delayMs: profile.delayMs, jitterMs: profile.jitterMs };
  for (const id of cluster.ids) {
    if (!cluster.node(id).alive) await cluster.start(id);
    const node = cluster.node(id);
    node.packetMs = 0;
    node.parts.sends.becomeReliable();
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
