import { describe, it } from "vitest";
import { expectedStressLine, type StressClient } from "../src/index.ts";
import { expectOneOrder, expectSameLines } from "./delivery-check.ts";
import { MIXES, mixTitle, withCluster } from "./interop-cluster.ts";

/** Of 1 B to 900 kB with a mean near 6.8 kB: about 140 MB in all. */
const MESSAGE_COUNT = 20_000;
const LARGEST_LOSSY_BYTES = 65_536;
const LOSSY_COUNT = 200;

function lastMessageLine(sender: StressClient, counter: number): string {
  const content = expectedStressLine(sender.seed, counter, sender.maxLengthBytes);
  return `message ${sender.nodeId} ${sender.pid} ${content}`;
}

describe.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))("%s", (_title, mix) => {
  it(`delivers ${MESSAGE_COUNT} messages, sent by all at once, in one order`, { timeout: 300_000 }, () =>
    withCluster(mix, {}, async (cluster) => {
      await cluster.startAll();
      const clients = await cluster.joinAll();
      const share = Math.floor(MESSAGE_COUNT / clients.length);
      const sent = clients.map((by, i) => ({ by, count: i === 0 ? MESSAGE_COUNT - 2 * share : share }));
      for (const { by, count } of sent) by.send(count);
      await expectOneOrder(clients, sent, 240_000);
    }),
  );

  it("keeps one order while a tenth of the packets is lost", { timeout: 240_000 }, () =>
    // So many attempts that no token is ever lost for good: the ring must not change here.
    withCluster(
      mix,
      { tokenTimeoutMs: 2000, totem: { token_retransmits_before_loss_const: 20 } },
      async (cluster) => {
        await cluster.startAll();
        const clients = await cluster.joinAll(LARGEST_LOSSY_BYTES);
        for (const number of cluster.numbers) await cluster.lab.loss(number, 0.1);
        for (const client of clients) client.send(LOSSY_COUNT);
        await expectOneOrder(
          clients,
          clients.map((by) => ({ by, count: LOSSY_COUNT })),
          180_000,
        );
      },
    ),
  );

  it("keeps one order of messages and changes while processes come and go", { timeout: 120_000 }, () =>
    withCluster(mix, {}, async (cluster) => {
      await cluster.startAll();
      const clients = await cluster.joinAll(5000);
      for (const client of clients) client.send(1000);
      for (let round = 0; round < 3; round++) {
        for (const number of cluster.numbers) {
          const passing = await cluster.join(number, 5000);
          passing.send(20);
          await passing.waitForSent(20);
          await passing.quit();
        }
      }
      await Promise.all(clients.map((client) => client.waitForSent(1000)));
      await Promise.all(clients.map((client) => client.waitForGroup(clients)));
      await Promise.all(clients.map((client) => client.waitForDelivered(3 * 1000)));
      // A last message of each says that everything before it has arrived.
      for (const client of clients) client.send(1);
      const marks = clients.map((client) => lastMessageLine(client, 1000));
      for (const client of clients) {
        for (const mark of marks) await client.process.waitForLog(new RegExp(`^${mark}$`));
      }
      // What was before the join of the last one it has not seen.
      const joined = ` joined ${clients[2]!.address}:1`;
      expectSameLines(clients, ({ events }) => {
        const end = Math.max(...marks.map((mark) => events.lastIndexOf(mark)));
        return events.slice(
          events.findIndex((line) => line.endsWith(joined)),
          end + 1,
        );
      });
    }),
  );
});
