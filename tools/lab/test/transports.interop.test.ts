import { describe, it } from "vitest";
import type { ConfigOptions } from "../src/index.ts";
import { expectOneOrder } from "./delivery-check.ts";
import { MIXES, mixTitle, withCluster } from "./interop-cluster.ts";

const COUNT = 1000;
const LOSSY_COUNT = 50;
const LARGEST_BYTES = 65_536;
/** Of messages of all lengths that a client sends, up to 900 kB. */
const LONG_COUNT = 20;
const NETMTUS = [576, 65_500, 1500];

const NETWORKS: readonly (readonly [string, ConfigOptions])[] = [
  ["udp multicast", { transport: "udp" }],
  ["udp broadcast", { transport: "udp", broadcast: true }],
  ["udpu over IPv6", { family: "ipv6" }],
  ["udp multicast over IPv6", { transport: "udp", family: "ipv6" }],
];

describe.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))("%s", (_title, mix) => {
  it.each(NETWORKS)(`${COUNT} messages in one order over %s`, { timeout: 120_000 }, (_name, config) =>
    withCluster(mix, config, async (cluster) => {
      await cluster.startAll();
      const clients = await cluster.joinAll(LARGEST_BYTES);
      for (const client of clients) client.send(COUNT);
      await expectOneOrder(
        clients,
        clients.map((by) => ({ by, count: COUNT })),
        90_000,
      );
    }),
  );

  it.each(["udpu", "udp"] as const)(
    "mixes nodes of netmtu 576, 65500 and 1500, long messages included, %s",
    { timeout: 120_000 },
    (transport) =>
      withCluster(mix, { transport }, async (cluster) => {
        for (const [index, netmtu] of NETMTUS.entries()) {
          cluster.lab.writeConfig({ transport, totem: { netmtu } }, [index + 1]);
        }
        await cluster.startAll();
        const clients = await cluster.joinAll();
        for (const client of clients) client.send(LONG_COUNT);
        await expectOneOrder(
          clients,
          clients.map((by) => ({ by, count: LONG_COUNT })),
          90_000,
        );
      }),
  );

  it("keeps one order over udp multicast while a tenth of the packets is lost", { timeout: 120_000 }, () =>
    withCluster(
      mix,
      {
        transport: "udp",
        tokenTimeoutMs: 2000,
        // So many attempts that no token is ever lost for good.
        totem: { token_retransmits_before_loss_const: 20 },
      },
      async (cluster) => {
        await cluster.startAll();
        const clients = await cluster.joinAll(LARGEST_BYTES);
        for (const number of cluster.numbers) await cluster.lab.loss(number, 0.1);
        for (const client of clients) client.send(LOSSY_COUNT);
        await expectOneOrder(
          clients,
          clients.map((by) => ({ by, count: LOSSY_COUNT })),
          90_000,
        );
      },
    ),
  );
});
