import { describe, expect, it } from "vitest";
import type { ConfigOptions, Host } from "../src/index.ts";
import { type InteropCluster, MIXES, mixTitle, withCluster } from "./interop-cluster.ts";

const TOKEN_MS = 1000;
/** Longest until the rings are one again; C says within a second, synchronization included here. */
const MERGE_MS = 3000;

const NETWORKS: readonly (readonly [string, ConfigOptions])[] = [
  ["udpu", {}],
  ["udp multicast", { transport: "udp" }],
  ["udp broadcast", { transport: "udp", broadcast: true }],
  ["udpu over IPv6", { family: "ipv6" }],
  ["udp multicast over IPv6", { transport: "udp", family: "ipv6" }],
];

/** Ways to lose the network and get it back: the second time the interface is another one. */
const OUTAGES = [
  { cause: (host: Host) => host.setLink("down"), end: (host: Host) => host.setLink("up") },
  { cause: (host: Host) => host.unplug(), end: (host: Host) => host.plugIn() },
];

function expectLogged(cluster: InteropCluster, host: number, text: string, times: number): void {
  const { lines } = cluster.node(host).log;
  expect(lines.filter((line) => line.includes(text)).length, text).toBe(times);
}

describe.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))("%s", (_title, mix) => {
  it.each(NETWORKS)(
    "outlives its interface going down and up, and its replacement, %s",
    { timeout: 60_000 },
    (_name, config) =>
      withCluster(mix, { ...config, tokenTimeoutMs: TOKEN_MS }, async (cluster) => {
        await cluster.startAll();
        const [ours] = cluster.ofKind("ts");
        const others = cluster.numbers.filter((number) => number !== ours);
        const host = cluster.lab.host(ours!);
        for (const [index, { cause, end }] of OUTAGES.entries()) {
          await cause(host);
          await Promise.all([cluster.waitForRing([ours!]), cluster.waitForRing(others)]);
          await end(host);
          await cluster.waitForRing(cluster.numbers, MERGE_MS);
          // The system takes a broadcast without complaint although it can not go out.
          if (config.broadcast === true) continue;
          expectLogged(cluster, ours!, "interface is down", index + 1);
          // The first "up" is of the start.
          expectLogged(cluster, ours!, "is now up", index + 2);
        }
        const clients = await cluster.joinAll(5000);
        for (const client of clients) client.send(100);
        await Promise.all(clients.map((client) => client.waitForDelivered(100 * clients.length)));
      }),
  );
});
