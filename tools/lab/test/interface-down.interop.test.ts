import { describe, expect, it } from "vitest";
import type { ConfigOptions } from "../src/index.ts";
import { MIXES, mixTitle, withCluster } from "./interop-cluster.ts";

const TOKEN_MS = 1000;
/** Longest until the rings are one again; C says within a second, synchronization included here. */
const MERGE_MS = 3000;

const NETWORKS: readonly (readonly [string, ConfigOptions])[] = [
  ["udpu", {}],
  ["udp multicast", { transport: "udp" }],
  ["udpu over IPv6", { family: "ipv6" }],
  ["udp multicast over IPv6", { transport: "udp", family: "ipv6" }],
];

describe.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))("%s", (_title, mix) => {
  it.each(NETWORKS)("outlives its interface going down and up, %s", { timeout: 60_000 }, (_name, config) =>
    withCluster(mix, { ...config, tokenTimeoutMs: TOKEN_MS }, async (cluster) => {
      await cluster.startAll();
      const [ours] = cluster.ofKind("ts");
      const others = cluster.numbers.filter((number) => number !== ours);
      for (let round = 1; round <= 2; round++) {
        await cluster.lab.host(ours!).setLink("down");
        await Promise.all([cluster.waitForRing([ours!]), cluster.waitForRing(others)]);
        await cluster.lab.host(ours!).setLink("up");
        await cluster.waitForRing(cluster.numbers, MERGE_MS);
        const { lines } = cluster.node(ours!).log;
        for (const said of ["interface is down", "is now up"]) {
          // The first "up" is of the start.
          const expected = said === "is now up" ? round + 1 : round;
          expect(lines.filter((line) => line.includes(said)).length, said).toBe(expected);
        }
      }
      const clients = await cluster.joinAll(5000);
      for (const client of clients) client.send(100);
      await Promise.all(clients.map((client) => client.waitForDelivered(100 * clients.length)));
    }),
  );
});
