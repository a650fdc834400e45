import { describe, it } from "vitest";
import { withCluster } from "./interop-cluster.ts";

const WARNING =
  /Totem is unable to form a cluster because of an operating system or network fault \(reason: number of multicast sendmsg failures is above threshold\)/;

describe("a firewall that lets no multicast out", () => {
  it("is suspected by both daemons in the same words, udp", { timeout: 60_000 }, () =>
    withCluster(["ts", "c"], { transport: "udp", tokenTimeoutMs: 1000 }, async (cluster) => {
      const rule = ["OUTPUT", "-d", "224.0.0.0/4", "-p", "udp", "-j", "DROP"];
      const { hosts } = cluster.lab;
      await Promise.all(hosts.map((host) => host.run(["iptables", "-w", "-A", ...rule])));
      for (const number of cluster.numbers) cluster.start(number);
      await Promise.all(
        cluster.numbers.map((number) => cluster.node(number).waitForLog(WARNING, { timeoutMs: 40_000 })),
      );
      await Promise.all(hosts.map((host) => host.run(["iptables", "-w", "-D", ...rule])));
      await cluster.waitForRing(cluster.numbers);
    }),
  );
});
