import { expect, it } from "vitest";
import { expectOneOrder } from "./delivery-check.ts";
import { withCluster } from "./interop-cluster.ts";

/** So little that the packets of one visit are on their way for a large part of a second. */
const RATE = "20mbit";
const CONFIG = { totem: { window_size: 300, max_messages: 200 } };
const COUNT = 150;

it("waits for a slow link, and neither loses the ring nor a message", { timeout: 120_000 }, () =>
  withCluster(["ts", "ts", "c"], CONFIG, async (cluster) => {
    await cluster.startAll();
    const shape = ["root", "tbf", "rate", RATE, "burst", "20kb", "latency", "10000ms"];
    await cluster.lab.host(1).run(["tc", "qdisc", "add", "dev", "eth0", ...shape]);
    const formed = cluster.numbers.map((number) => cluster.node(number).ring.formedCount);
    const clients = await cluster.joinAll(60_000);
    for (const client of clients) client.send(COUNT);
    await expectOneOrder(
      clients,
      clients.map((by) => ({ by, count: COUNT })),
      90_000,
    );
    expect(cluster.numbers.map((number) => cluster.node(number).ring.formedCount)).toEqual(formed);
  }),
);
