import { beforeAll, describe, expect, it } from "vitest";
import type { DaemonNode } from "../src/index.ts";
import { expectOneOrder } from "./delivery-check.ts";
import { type InteropCluster, MIXES, type Mix, mixTitle, withCluster } from "./interop-cluster.ts";

const LIMIT_MS = 180_000;
const COMPLAINT = / (?:warning|error|crit|alert|emerg)\s+(\[.*)$/;

/** Warnings and errors in a daemon's log, without what differs from run to run. */
function complaints(node: DaemonNode): string[] {
  return node.log.lines
    .map((line) => COMPLAINT.exec(line)?.[1])
    .filter((text) => text !== undefined)
    .map((text) => text.replace(/\b[0-9a-f]*\d[0-9a-f]*\b/g, "#"));
}

/** Start, traffic, leave and return, crash and return, partition and merge, end. */
async function life(cluster: InteropCluster): Promise<void> {
  await cluster.startAll();
  const clients = await cluster.joinAll();
  for (const client of clients) client.send(400);
  await expectOneOrder(
    clients,
    clients.map((by) => ({ by, count: 400 })),
    60_000,
  );
  await cluster.node(3).stop();
  await cluster.waitForRing([1, 2]);
  cluster.start(3);
  await cluster.waitForRing(cluster.numbers);
  await cluster.node(2).kill("SIGKILL");
  await cluster.waitForRing([1, 3]);
  cluster.start(2);
  await cluster.waitForRing(cluster.numbers);
  await cluster.lab.cut([1], [2, 3]);
  await Promise.all([cluster.waitForRing([1]), cluster.waitForRing([2, 3])]);
  await cluster.lab.heal();
  await cluster.waitForRing(cluster.numbers);
  for (const number of cluster.numbers) await cluster.node(number).stop();
}

/** What the C daemons complain of in that life. */
async function complaintsOfC(mix: Mix): Promise<Set<string>> {
  const found = new Set<string>();
  await withCluster(mix, { tokenTimeoutMs: 1000 }, async (cluster) => {
    await life(cluster);
    const nodes = cluster.lab.hosts.flatMap((host) => host.nodes).filter((node) => node.kind === "c");
    for (const text of nodes.flatMap(complaints)) found.add(text);
  });
  return found;
}

describe("the C daemon's log", () => {
  let amongThemselves = new Set<string>();

  beforeAll(async () => {
    amongThemselves = await complaintsOfC(["c", "c", "c"]);
    // Each C daemon has something to complain of at its start; if not, the pattern reads nothing.
    expect(amongThemselves).toContain("[WD    ] Watchdog not enabled by configuration");
  }, LIMIT_MS);

  it.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))(
    "shows in %s no warning or error that C nodes alone do not cause",
    { timeout: LIMIT_MS },
    async (_title, mix) => {
      const inMix = await complaintsOfC(mix);
      expect([...inMix].filter((text) => !amongThemselves.has(text))).toEqual([]);
    },
  );
});
