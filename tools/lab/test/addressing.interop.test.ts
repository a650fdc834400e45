import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ConfigOptions, DaemonKind, Host, Lab } from "../src/index.ts";
import { type InteropCluster, type Mix, withCluster } from "./interop-cluster.ts";

const MIX: Mix = ["ts", "c"];
const KINDS: readonly DaemonKind[] = ["ts", "c"];
const TRANSPORTS = ["udpu", "udp"] as const;

async function expectDelivery(cluster: InteropCluster): Promise<void> {
  const clients = await cluster.joinAll(20_000);
  for (const client of clients) client.send(50);
  await Promise.all(clients.map((client) => client.waitForDelivered(50 * clients.length)));
}

describe.each(TRANSPORTS)("bindnetaddr, %s", (transport) => {
  it.each([
    ["the network", (lab: Lab) => lab.identity.address(0)],
    ["the host's own address", (_lab: Lab, host: Host) => host.address],
    ["another address of the network", (lab: Lab) => lab.identity.address(99)],
  ])("may be %s", { timeout: 60_000 }, (_name, bindnetaddr) => {
    const config: ConfigOptions = { transport, tokenTimeoutMs: 1000 };
    return withCluster(MIX, config, async (cluster) => {
      const { lab } = cluster;
      for (const host of lab.hosts) {
        // The loopback interface has an address of its own in another network.
        lab.writeConfig({ ...config, bindnetaddr: bindnetaddr(lab, host) }, [host.number]);
      }
      await cluster.startAll();
      for (const number of cluster.numbers) {
        const { address } = lab.host(number);
        await cluster.node(number).waitForLog(new RegExp(`interface \\[${address}\\] is now up`));
      }
      await expectDelivery(cluster);
    });
  });
});

/** Counts multicasts from another host that arrive with this ttl, and those that do not. */
class TtlCount {
  private readonly host: Host;
  private readonly ttl: number;
  private readonly ipv6: boolean;

  constructor(host: Host, ttl: number, family: "ipv4" | "ipv6" = "ipv4") {
    this.host = host;
    this.ttl = ttl;
    this.ipv6 = family === "ipv6";
  }

  private iptables(args: readonly string[]): Promise<string> {
    return this.host.run([this.ipv6 ? "ip6tables" : "iptables", "-w", ...args]);
  }

  async start(): Promise<void> {
    const match = this.ipv6 ? "hl" : "ttl";
    const packets = ["-d", this.ipv6 ? "ff15::/16" : "224.0.0.0/4", "-p", "udp", "-m", match];
    for (const relation of ["eq", "gt", "lt"]) {
      await this.iptables(["-A", "INPUT", ...packets, `--${match}-${relation}`, String(this.ttl)]);
    }
  }

  async read(): Promise<{ equal: number; other: number }> {
    const rules = await this.iptables(["-L", "INPUT", "-v", "-x", "-n"]);
    const counts = rules
      .split("\n")
      .flatMap((line) => (/TTL match|HL match/.test(line) ? [Number.parseInt(line, 10)] : []));
    expect(counts.length).toBe(3);
    return { equal: counts[0]!, other: counts[1]! + counts[2]! };
  }
}

describe("ttl", () => {
  it.each([
    [1, "ipv4"],
    [32, "ipv4"],
    [255, "ipv4"],
    [32, "ipv6"],
  ] as const)(
    "%i is that of all multicasts on the wire, ours and C's, %s",
    { timeout: 60_000 },
    (ttl, family) =>
      withCluster(MIX, { transport: "udp", family, ttl, tokenTimeoutMs: 1000 }, async (cluster) => {
        const counts = cluster.lab.hosts.map((host) => new TtlCount(host, ttl, family));
        await Promise.all(counts.map((count) => count.start()));
        await cluster.startAll();
        await expectDelivery(cluster);
        for (const count of counts) {
          const { equal, other } = await count.read();
          expect(equal).toBeGreaterThan(5);
          expect(other).toBe(0);
        }
      }),
  );

  it("0 keeps multicasts within the host", { timeout: 60_000 }, () =>
    withCluster(MIX, { transport: "udp", ttl: 0, tokenTimeoutMs: 1000 }, async (cluster) => {
      const counts = cluster.lab.hosts.map((host) => new TtlCount(host, 0));
      await Promise.all(counts.map((count) => count.start()));
      for (const number of cluster.numbers) cluster.start(number);
      await Promise.all(cluster.numbers.map((number) => cluster.waitForRing([number])));
      for (const count of counts) expect(await count.read()).toEqual({ equal: 0, other: 0 });
    }),
  );
});

describe("what both daemons refuse in the same words", () => {
  const cases: readonly (readonly [string, ConfigOptions, (text: string) => string, RegExp])[] = [
    ...TRANSPORTS.map(
      (transport) =>
        [
          `a node of IPv6 without an id, ${transport}`,
          { transport, family: "ipv6" },
          (text: string) => text.replaceAll(/^ *nodeid: .*\n/gm, ""),
          /An IPV6 network requires that a node ID be specified/,
        ] as const,
    ),
    [
      "a cluster of two families",
      {},
      (text) => text.replace(/ring0_addr: \S+(?=[^}]*nodeid: 2)/, "ring0_addr: fd00::2"),
      /Nodes for link 0 have different IP families/,
    ],
  ];

  it.each(cases)("%s", { timeout: 60_000 }, (_name, config, edit, complaint) =>
    withCluster(MIX, config, async ({ lab }) => {
      const answers = [];
      for (const kind of KINDS) {
        const host = lab.host(1);
        const text = readFileSync(join(host.directory, "etc", "corosync.conf"), "utf8");
        host.writeEtc("corosync.conf", edit(text));
        const { process } = host.start(kind);
        const { code } = await process.exited;
        answers.push({
          code,
          text: process.log.lines.find((line) => complaint.test(line))?.replace(/^.*\[/, "["),
        });
      }
      expect(answers[0]!.text).toMatch(complaint);
      expect(answers[0]).toEqual(answers[1]);
    }),
  );
});
