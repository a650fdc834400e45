import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type ConfigOptions, DaemonNode, type Lab } from "../src/index.ts";
import { withCluster } from "./interop-cluster.ts";

const RING_NODE = resolve(import.meta.dirname, "../dist/ring-node.js");
/** Of the lab's configurations with multicast. */
const GROUP = "239.255.1.1";

function words(lab: Lab, numbers: readonly number[]): string {
  return numbers.map((number) => `${number}=${lab.host(number).address}`).join(" ");
}

/** Our node on host 3, which takes its member list from its input. */
function startRingNode(lab: Lab, transport: string): DaemonNode {
  const command = [process.execPath, RING_NODE, "3", transport, ...words(lab, [1, 2, 3]).split(" ")];
  return new DaemonNode(lab.host(3).spawn(command, "ring-node on host 3"), "ts", 3);
}

/** Gives C nodes a node list, as an administrator does. */
async function reload(lab: Lab, config: ConfigOptions, hosts: readonly number[], at: readonly number[]) {
  lab.writeConfig({ ...config, hosts }, at);
  await lab.host(at[0]!).run(["corosync-cfgtool", "-R"]);
}

async function setMemberList(lab: Lab, node: DaemonNode, numbers: readonly number[]): Promise<void> {
  const from = node.log.lines.length;
  node.process.write(`members ${words(lab, numbers)}`);
  await node.waitForLog(/The member list is/, { from });
}

describe("a member list that changes on C nodes and on ours", () => {
  it.each([
    ["udpu", "udpu", {}],
    ["udp", GROUP, { transport: "udp" }],
  ] as const)("adds our node and removes a dead C node, %s", { timeout: 90_000 }, (_, transport, network) => {
    const config: ConfigOptions = { ...network, tokenTimeoutMs: 1000 };
    return withCluster(["c", "c", "ts"], { ...config, hosts: [1, 2] }, async ({ lab }) => {
      const first = lab.host(1).start("c");
      const second = lab.host(2).start("c");
      await Promise.all([first, second].map((node) => node.waitForMembers([1, 2])));
      await reload(lab, config, [1, 2, 3], [1, 2]);
      const ours = startRingNode(lab, transport);
      await Promise.all([first, second, ours].map((node) => node.waitForMembers([1, 2, 3])));
      await second.kill();
      await Promise.all([first, ours].map((node) => node.waitForMembers([1, 3])));
      await reload(lab, config, [1, 3], [1]);
      await setMemberList(lab, ours, [1, 3]);
      // Started again, the removed node is not taken in. On udp C would be disturbed by it for ever.
      if (transport !== "udpu") return;
      const again = lab.host(2).start("c");
      await again.waitForMembers([2]);
      expect([first.ring.members, ours.ring.members]).toEqual([
        [1, 3],
        [1, 3],
      ]);
    });
  });

  it("removes running nodes and takes them in again, udpu", { timeout: 120_000 }, () => {
    const config: ConfigOptions = { tokenTimeoutMs: 1000 };
    return withCluster(["c", "c", "ts"], config, async ({ lab }) => {
      const first = lab.host(1).start("c");
      const second = lab.host(2).start("c");
      const ours = startRingNode(lab, "udpu");
      const all = [first, second, ours];
      await Promise.all(all.map((node) => node.waitForMembers([1, 2, 3])));

      // The C node 2 goes, and is not told.
      await Promise.all([reload(lab, config, [1, 3], [1]), setMemberList(lab, ours, [1, 3])]);
      await Promise.all([first, ours].map((node) => node.waitForMembers([1, 3])));
      await second.waitForMembers([2]);
      await Promise.all([reload(lab, config, [1, 2, 3], [1]), setMemberList(lab, ours, [1, 2, 3])]);
      await Promise.all(all.map((node) => node.waitForMembers([1, 2, 3])));

      // Our node goes, and is not told.
      await reload(lab, config, [1, 2], [1, 2]);
      await Promise.all([first, second].map((node) => node.waitForMembers([1, 2])));
      await ours.waitForMembers([3]);
      await reload(lab, config, [1, 2, 3], [1, 2]);
      await Promise.all(all.map((node) => node.waitForMembers([1, 2, 3])));
    });
  });
});
