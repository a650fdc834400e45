import type { Cluster } from "./cluster.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import { SeededRandom } from "./seeded-random.ts";
import type { SimulatedNode } from "./simulated-node.ts";
import { Violation } from "./violation.ts";

const PERFECT: NetworkConditions = {
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  duplication: 0,
  reordering: 0,
  corruption: 0,
};

/** For what waits in queues, and for the synchronization, after a ring has formed. */
const DRAIN_MS = 1500;
/** For the last messages to arrive and the ring to become idle. */
const QUIET_MS = 3000;
/** How long an idle ring is watched. */
const IDLE_MS = 2000;

/**
 * No more faults. First the nodes stay apart, in one or two components and without one that dies: each
 * component must become one ring (L1), and the network, once whole again, bring them together (L2) to one
 * ring of all. That must deliver everything (M7, M8), stay (L4) and be quiet when it is idle (L3).
 */
export async function settle(cluster: Cluster): Promise<void> {
  const { scheduler, network, profile, seed, checks } = cluster.surroundings;
  const random = new SeededRandom(seed ^ 0x5e771e);
  checks.rings.tokenCopiesMin = Number.POSITIVE_INFINITY;
  network.separation.end();
  network.conditions = { ...PERFECT, delayMs: profile.delayMs, jitterMs: profile.jitterMs };
  for (const id of cluster.ids) await makeSound(cluster, id);
  const wasCalm = cluster.isOneRing();
  if (!wasCalm || profile.crashes > 0) await settleApart(cluster, random);
  await formed(cluster, [cluster.ids]);
  await scheduler.runUntil(scheduler.nowMs + DRAIN_MS);
  await keepsOneRing(cluster, async () => {
    for (const client of cluster.nodes.flatMap(({ clients }) => clients)) client.send(100, 1);
    await scheduler.runUntil(scheduler.nowMs + QUIET_MS);
    await idles(cluster);
  });
  checks.atRest(cluster.nodes);
}

async function settleApart(cluster: Cluster, random: SeededRandom): Promise<void> {
  const { scheduler, network } = cluster.surroundings;
  const dead = cluster.ids.length > 1 && random.chance(0.6) ? cluster.node(random.pick(cluster.ids)) : null;
  if (dead !== null) {
    dead.crash();
    cluster.keepDisk(dead, false);
  }
  const living = cluster.ids.filter((id) => cluster.node(id).alive);
  const side = living.filter(() => random.chance(0.5));
  const components = [side, living.filter((id) => !side.includes(id))].filter(({ length }) => length > 0);
  network.separation.split(components);
  await formed(cluster, components);
  for (const client of cluster.nodes.flatMap(({ clients }) => clients)) client.send(100, 2);
  await scheduler.runUntil(scheduler.nowMs + DRAIN_MS);
  network.separation.end();
  if (components.length > 1) await meet(cluster, living);
  if (dead !== null) await makeSound(cluster, dead.nodeId);
}

/** The node lives, and nothing hinders it any more. */
async function makeSound(cluster: Cluster, id: number): Promise<void> {
  if (!cluster.node(id).alive) await cluster.start(id);
  const node = cluster.node(id);
  node.packetMs = 0;
  node.parts.sends.becomeReliable();
}

/** L1: each component becomes one ring within the time that the membership protocol needs at most. */
async function formed(cluster: Cluster, components: readonly (readonly number[])[]): Promise<void> {
  const { scheduler } = cluster.surroundings;
  const done = (): boolean => components.every((ids) => cluster.isOneRing(ids));
  const boundMs = formationBoundMs(cluster);
  if (done() || (await scheduler.runUntil(scheduler.nowMs + boundMs, done))) return;
  const wanted = components.map((ids) => ids.join("+")).join(" and ");
  throw new Violation(
    "L1",
    `no ring of ${wanted} after ${Math.round(boundMs)} ms: ${cluster.describeStates()}`,
  );
}

/**
 * Spec totem 19, L1: a token timeout, a consensus timeout for each node that may have to be given up, and
 * for the last agreement; some joins; on top what slow clocks add, stopped nodes sleep, and the
 * synchronization takes, with the messages that waited for it.
 */
function formationBoundMs(cluster: Cluster): number {
  const { config, profile, nodeIds } = cluster.surroundings;
  const { tokenTimeoutMs, consensusMs, joinMs } = config;
  const protocolMs = tokenTimeoutMs + (nodeIds.length + 2) * consensusMs + 10 * joinMs;
  const sleepMs = Math.max(0, ...cluster.nodes.map((node) => node.pausedForMs));
  return protocolMs * (1 + 2 * profile.clockSkew) + sleepMs + 2000;
}

/** L2: idle rings that can hear each other leave for a common one within hold and merge. */
async function meet(cluster: Cluster, ids: readonly number[]): Promise<void> {
  const { scheduler, config, profile } = cluster.surroundings;
  const rings = new Map(ids.map((id) => [id, cluster.node(id).totem.ringId.sequence]));
  const moved = ({ nodeId, totem }: SimulatedNode): boolean =>
    totem.state !== "operational" || totem.ringId.sequence !== rings.get(nodeId);
  const flightMs = profile.delayMs + profile.jitterMs;
  const boundMs =
    (config.holdMs + config.mergeMs) * (1 + 2 * profile.clockSkew) + (ids.length + 4) * flightMs + 1;
  const done = (): boolean => ids.some((id) => moved(cluster.node(id)));
  if (await scheduler.runUntil(scheduler.nowMs + boundMs, done)) return;
  throw new Violation(
    "L2",
    `rings did not meet within ${Math.round(boundMs)} ms: ${cluster.describeStates()}`,
  );
}

/** L4: nothing changes the ring while `work` is done. */
async function keepsOneRing(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  const { checks } = cluster.surroundings;
  const before = checks.configurations;
  await work();
  if (checks.configurations !== before || !cluster.isOneRing())
    throw new Violation("L4", `the ring changed without a cause: ${cluster.describeStates()}`);
}

/** L3: an idle ring passes its token once in a hold interval, and wakes up for a message. */
async function idles(cluster: Cluster): Promise<void> {
  const { scheduler, checks, config, profile } = cluster.surroundings;
  const { tokens, order } = checks.rings;
  const count = cluster.ids.length;
  const tokensBefore = tokens.passed;
  await scheduler.runUntil(scheduler.nowMs + IDLE_MS);
  const rotations = (tokens.passed - tokensBefore) / count;
  const most = (IDLE_MS * (1 + 2 * profile.clockSkew)) / config.holdMs + 2;
  if (rotations > most)
    throw new Violation("L3", `the idle ring makes ${rotations} rotations in ${IDLE_MS} ms, ${most} at most`);
  const client = cluster.nodes
    .flatMap(({ clients }) => clients)
    .find(({ gone, group }) => !gone && group !== null);
  if (client === undefined) return;
  const messagesBefore = order.messages;
  client.send(100, 3);
  const wakeMs = (count + 2) * (profile.delayMs + profile.jitterMs) + 1;
  if (!(await scheduler.runUntil(scheduler.nowMs + wakeMs, () => order.messages > messagesBefore)))
    throw new Violation("L3", `the idle ring lets a message wait for more than ${wakeMs} ms`);
  await scheduler.runUntil(scheduler.nowMs + QUIET_MS);
}
