import { describe, expect, it } from "vitest";
import type { DaemonKind } from "../src/index.ts";
import { expectOneOrder } from "./delivery-check.ts";
import { type InteropCluster, MIXES, mixTitle, withCluster } from "./interop-cluster.ts";

const LIMIT_MS = 120_000;
/** Short, so that a crash is noticed soon. */
const QUICK = { tokenTimeoutMs: 1000 };
/** So long that what happens within a second cannot be its doing. */
const SLOW = { tokenTimeoutMs: 10_000 };
const AT_ONCE_MS = 2000;
const REASON_NODEDOWN = 3;
const REASON_PROCDOWN = 5;
const REASON_LEAVE = 2;

/** Everybody on the ring joins, says something and hears all of it in one order. */
async function expectConversation(cluster: InteropCluster): Promise<void> {
  const clients = await cluster.joinAll(20_000);
  for (const client of clients) client.send(30);
  await expectOneOrder(
    clients,
    clients.map((by) => ({ by, count: 30 })),
    30_000,
  );
  for (const client of clients) await client.quit();
}

/** One host of each kind that the mix has: what is done to it is done to both kinds. */
function oneOfEachKind(cluster: InteropCluster): number[] {
  const kinds: DaemonKind[] = ["c", "ts"];
  return kinds.flatMap((kind) => cluster.ofKind(kind).slice(-1));
}

function others(cluster: InteropCluster, number: number): number[] {
  return cluster.numbers.filter((other) => other !== number);
}

describe.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))("%s", (_title, mix) => {
  for (const reversed of [false, true]) {
    it(
      `joins one after the other, ${reversed ? "the last" : "the first"} host first`,
      { timeout: LIMIT_MS },
      () =>
        withCluster(mix, QUICK, async (cluster) => {
          const order = reversed ? [...cluster.numbers].reverse() : cluster.numbers;
          const started: number[] = [];
          for (const number of order) {
            cluster.start(number);
            started.push(number);
            await cluster.waitForRing(started);
          }
          await expectConversation(cluster);
        }),
    );
  }

  it("joins all at once", { timeout: LIMIT_MS }, () =>
    withCluster(mix, QUICK, async (cluster) => {
      await cluster.startAll();
      await expectConversation(cluster);
    }),
  );

  it("sees a node that is told to end leave at once, and takes it back", { timeout: LIMIT_MS }, () =>
    withCluster(mix, SLOW, async (cluster) => {
      await cluster.startAll();
      for (const leaver of oneOfEachKind(cluster)) {
        const start = performance.now();
        const exit = cluster.node(leaver).stop();
        await cluster.waitForRing(others(cluster, leaver));
        expect(performance.now() - start).toBeLessThan(AT_ONCE_MS);
        expect(await exit).toEqual({ code: 0, signal: null });
        cluster.start(leaver);
        await cluster.waitForRing(cluster.numbers);
        await expectConversation(cluster);
      }
    }),
  );

  it("sees a killed node go after the token timeout, and takes it back", { timeout: LIMIT_MS }, () =>
    withCluster(mix, QUICK, async (cluster) => {
      await cluster.startAll();
      for (const victim of oneOfEachKind(cluster)) {
        const clients = await cluster.joinAll();
        const survivors = clients.filter((client) => client.nodeId !== victim);
        const lost = clients.find((client) => client.nodeId === victim)!;
        await cluster.node(victim).kill("SIGKILL");
        await cluster.waitForRing(others(cluster, victim));
        await Promise.all(survivors.map((survivor) => survivor.waitForGroup(survivors)));
        for (const survivor of survivors) {
          expect(survivor.configurationChanges.at(-1)).toMatch(
            new RegExp(` left ${lost.address}:${REASON_NODEDOWN} joined$`),
          );
        }
        expect((await lost.process.exited).code).not.toBe(0);
        cluster.start(victim);
        await cluster.waitForRing(cluster.numbers);
        for (const survivor of survivors) await survivor.quit();
        await expectConversation(cluster);
      }
    }),
  );

  it("tells why a process left its group", { timeout: LIMIT_MS }, () =>
    withCluster(mix, QUICK, async (cluster) => {
      await cluster.startAll();
      const clients = await cluster.joinAll();
      const [first, second, third] = clients;
      third!.leave();
      await Promise.all([first!, second!].map((client) => client.waitForGroup([first!, second!])));
      await second!.kill();
      await first!.waitForGroup([first!]);
      const left = first!.configurationChanges.slice(-2).map((line) => / left (.*) joined$/.exec(line)?.[1]);
      expect(left).toEqual([`${third!.address}:${REASON_LEAVE}`, `${second!.address}:${REASON_PROCDOWN}`]);
    }),
  );
});
