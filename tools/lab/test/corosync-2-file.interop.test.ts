import { describe, expect, it } from "vitest";
import { expectOneOrder } from "./delivery-check.ts";
import { type InteropCluster, withCluster } from "./interop-cluster.ts";

const OURS = ["ts", "ts", "ts"] as const;
const COUNT = 200;
const LIMIT_MS = 120_000;

/** A file as Corosync 2.3.5 had it, for all hosts, but for what `node` says of one. */
function writeFiles({ lab, numbers }: InteropCluster, totem: (node: number) => string): void {
  lab.writeConfig();
  for (const number of numbers) {
    lab.host(number).writeEtc(
      "corosync.conf",
      `compatibility: none
totem {
  version: 2
  token: 1000
  rrp_mode: none
${totem(number)}
}
logging {
  to_syslog: no
  to_stderr: yes
}
system {
  sched_rr: no
}
`,
    );
  }
}

/** Start, traffic, crash and return. */
async function life(cluster: InteropCluster, ids: readonly number[]): Promise<void> {
  const ring = (numbers: readonly number[]) =>
    Promise.all(
      numbers.map((number) => cluster.node(number).waitForMembers(numbers.map((other) => ids[other - 1]!))),
    );
  for (const number of cluster.numbers) cluster.start(number);
  await ring(cluster.numbers);
  const clients = await cluster.joinAll();
  for (const client of clients) client.send(COUNT);
  await expectOneOrder(
    clients,
    clients.map((by) => ({ by, count: COUNT })),
    60_000,
  );
  await cluster.node(2).kill("SIGKILL");
  await ring([1, 3]);
  cluster.start(2);
  await ring(cluster.numbers);
}

/** The node id that an address stands for. */
function automaticId(address: string): number {
  return address.split(".").reduce((id, octet) => id * 256 + Number(octet), 0);
}

describe("a configuration of Corosync 2.3.5 without nodelist", () => {
  it(
    "makes an encrypted cluster by multicast, its nodes named after their addresses",
    {
      timeout: LIMIT_MS,
    },
    () =>
      withCluster(OURS, {}, async (cluster) => {
        const { identity } = cluster.lab;
        writeFiles(
          cluster,
          () => `
  secauth: on
  interface {
    ringnumber: 0
    bindnetaddr: ${identity.address(0)}
    mcastaddr: 239.255.1.1
    mcastport: 5405
    ttl: 1
  }`,
        );
        await life(
          cluster,
          cluster.numbers.map((number) => automaticId(identity.address(number))),
        );
        const log = cluster.node(1).log.lines.join("\n");
        expect(log).toContain("The file has no nodelist and is read as Corosync 2 reads it.");
        expect(log).toMatch(/totem\.rrp_mode .*corosync\.conf:5/);
      }),
  );

  it(
    "makes a cluster of its member sections, with node ids that only each node itself knows",
    {
      timeout: LIMIT_MS,
    },
    () =>
      withCluster(OURS, {}, async (cluster) => {
        const members = cluster.numbers.map(
          (number) => `    member {\n      memberaddr: ${cluster.lab.identity.address(number)}\n    }`,
        );
        writeFiles(
          cluster,
          (number) => `
  transport: udpu
  secauth: off
  nodeid: ${number * 10}
  interface {
    ringnumber: 0
    bindnetaddr: ${cluster.lab.identity.address(0)}
    mcastport: 5405
${members.join("\n")}
  }`,
        );
        await life(cluster, [10, 20, 30]);
      }),
  );
});
