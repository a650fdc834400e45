import { describe, it } from "vitest";
import { MIXES, mixTitle, withCluster } from "./interop-cluster.ts";

const LIMIT_MS = 60_000;

describe.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))("%s", (_title, mix) => {
  it("starts while its interface is down, and joins when it is there", { timeout: LIMIT_MS }, () =>
    withCluster(mix, { tokenTimeoutMs: 1000 }, async (cluster) => {
      const [ours] = cluster.ofKind("ts");
      const others = cluster.numbers.filter((number) => number !== ours);
      const host = cluster.lab.host(ours!);
      await host.setLink("down");
      for (const number of cluster.numbers) cluster.start(number);
      await Promise.all([cluster.node(ours!).waitForLog(/waiting for one/), cluster.waitForRing(others)]);
      await host.setLink("up");
      await cluster.waitForRing(cluster.numbers);
    }),
  );
});
