import { describe, expect, it } from "vitest";
import { memberList, nextMemberList, requireDistinctAddresses } from "../src/member-list.ts";
import { VirtualNetwork } from "./virtual-network.ts";

function cluster(ids: readonly number[], listed: readonly number[]): VirtualNetwork {
  const network = new VirtualNetwork(1);
  for (const id of ids) network.add(id, listed).start();
  return network;
}

function setMemberList(network: VirtualNetwork, ids: readonly number[], at: readonly number[] = ids): void {
  for (const id of at) network.nodes.get(id)!.memberIds = ids;
}

describe("a member list that changes under a live ring (spec totem 15.5)", () => {
  it("leaves a removed node to itself and goes on in one order without it", () => {
    const network = cluster([1, 2, 3], [1, 2, 3]);
    network.runUntil(() => network.isRing([1, 2, 3]));
    for (let i = 0; i < 100; i++) for (const node of network.nodes.values()) node.send(`${node.nodeId}:${i}`);
    network.run(1);
    setMemberList(network, [1, 2]);
    network.runUntil(() => network.isRing([1, 2]), 20_000, "a ring of two");
    network.runUntil(() => network.isRing([3]), 20_000, "a ring of one");
    const [one, two] = [1, 2].map((id) => network.nodes.get(id)!);
    one!.send("after");
    network.runUntil(() => two!.messages.at(-1) === "after");
    expect(one!.messages).toEqual(two!.messages);
    expect(one!.messages.filter((text) => !text.startsWith("3:")).length).toBe(201);
    const { length } = one!.changes;
    network.run(60_000);
    expect(one!.changes.length).toBe(length);
  });

  it("needs one token timeout and one consensus timeout for it, as for a crash", () => {
    const network = cluster([1, 2, 3], [1, 2, 3]);
    network.runUntil(() => network.isRing([1, 2, 3]));
    setMemberList(network, [1, 2]);
    const since = network.nowMs;
    network.runUntil(() => network.isRing([1, 2]), 20_000);
    const { tokenTimeoutMs, consensusMs } = network.nodes.get(1)!.config;
    expect(network.nowMs - since).toBeLessThan(tokenTimeoutMs + consensusMs + 1000);
  });

  it("settles when the nodes hear of the removal one after another", () => {
    const network = cluster([1, 2, 3, 4], [1, 2, 3, 4]);
    network.runUntil(() => network.isRing([1, 2, 3, 4]));
    for (const id of [3, 1, 2]) {
      setMemberList(network, [1, 2, 3], [id]);
      network.run(1700);
    }
    network.runUntil(() => network.isRing([1, 2, 3]), 60_000, "a ring of three");
  });

  it("takes a new node in, and the same node again after it was removed", () => {
    const network = cluster([1, 2, 3], [1, 2]);
    network.nodes.get(3)!.memberIds = [1, 2, 3];
    network.runUntil(() => network.isRing([1, 2]));
    network.run(5000);
    expect(network.isRing([1, 2])).toBe(true);
    setMemberList(network, [1, 2, 3]);
    network.runUntil(() => network.isRing([1, 2, 3]), 20_000, "a ring of three");
    setMemberList(network, [1, 2], [1, 2]);
    network.runUntil(() => network.isRing([1, 2]), 20_000, "a ring of two");
    setMemberList(network, [1, 2, 3]);
    network.runUntil(() => network.isRing([1, 2, 3]), 20_000, "a ring of three again");
    network.nodes.get(3)!.send("back");
    network.runUntil(() => [1, 2, 3].every((id) => network.nodes.get(id)!.messages.includes("back")));
  });

  it("holds with messages on the way all the time", () => {
    const network = cluster([1, 2, 3], [1, 2, 3]);
    network.runUntil(() => network.isRing([1, 2, 3]));
    let sent = 0;
    const flood = (): void => {
      for (let i = 0; i < 20; i++) if (network.nodes.get(1)!.send(`m${sent}`)) sent++;
      network.run(10);
    };
    for (let round = 0; round < 4; round++) {
      const listed = round % 2 === 0 ? [1, 2] : [1, 2, 3];
      setMemberList(network, listed, [1, 2]);
      const end = network.nowMs + 15_000;
      while (network.nowMs < end) flood();
      expect(network.isRing(listed), `round ${round}`).toBe(true);
    }
    network.run(1000);
    const expected = Array.from({ length: sent }, (_, i) => `m${i}`);
    expect(network.nodes.get(1)!.messages).toEqual(expected);
    expect(network.nodes.get(2)!.messages).toEqual(expected);
  });
});

describe("member lists", () => {
  const members = [
    { nodeId: 1, address: "FD00:0::0001" },
    { nodeId: 2, address: "fe80:0::2%eth0" },
    { nodeId: 3, address: "192.0.2.3" },
  ];

  it("have addresses as the kernel writes them", () => {
    expect(memberList(1, members).map(({ address }) => address)).toEqual([
      "fd00::1",
      "fe80::2%eth0",
      "192.0.2.3",
    ]);
  });

  it.each([
    [4, [], "nodeId: 4 is not among the members"],
    [1, [{ nodeId: 1, address: "::2" }], "members: a node id occurs twice"],
    [1, [{ nodeId: 0, address: "::2" }], "members: node id 0 is not a whole number from 1 to 4294967295"],
    [1, [{ nodeId: 1.5, address: "::2" }], "members: node id 1.5 is not a whole number"],
  ])("are refused when wrong: %#", (nodeId, more, text) => {
    expect(() => memberList(nodeId, [...members, ...more])).toThrow(text);
  });

  it("have at most 384 nodes, as the join message can name (spec totem 2.6)", () => {
    const list = (count: number) => Array.from({ length: count }, (_, i) => ({ nodeId: i + 1, address: "" }));
    expect(memberList(1, list(384))).toHaveLength(384);
    expect(() => memberList(1, list(385))).toThrow("members: 385 nodes, a ring has at most 384");
  });

  it.each([
    ["192.0.2.1", "192.0.2.1", "192.0.2.1"],
    ["::1", "0:0:0:0:0:0:0:1", "::1"],
    ["fe80::1%eth0", "FE80:0::1%eth0", "fe80::1%eth0"],
  ])("have each address once: %s and %s", (one, other, address) => {
    const list = [one, "192.0.2.9", other].map((text, i) => ({ nodeId: i + 1, address: text }));
    expect(() => requireDistinctAddresses(list)).toThrow(
      `members: nodes 1 and 3 both have the address ${address}`,
    );
    requireDistinctAddresses(list.slice(0, 2));
  });

  it("do not move this node", () => {
    const before = memberList(1, members);
    expect(nextMemberList(1, before, [{ nodeId: 1, address: "fd00::0:1" }])).toEqual([before[0]]);
    expect(() => nextMemberList(1, before, [{ nodeId: 1, address: "fd00::2" }])).toThrow(
      "members: this node can not move from fd00::1 to fd00::2 while its ring runs",
    );
  });
});
