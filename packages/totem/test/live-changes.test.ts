import { describe, expect, it } from "vitest";
import { totemConfig } from "../src/index.ts";
import { MULTICAST, type Node, openNodes, until } from "./socket-ring.ts";

const BARE = () => null;
const settings = () => ({ tokenTimeoutMs: 500 });
const TRANSPORTS = [
  ["udpu", "udpu"],
  ["udp", MULTICAST],
] as const;

function isRing(nodes: readonly Node[]): boolean {
  return nodes.every(({ totem }) => totem.state === "operational" && totem.members.length === nodes.length);
}

describe.each(TRANSPORTS)("the member list of a live ring on sockets, %s", (_, transport) => {
  it("removes a node, which is neither sent to nor heard, and takes it in again", {
    timeout: 20_000,
  }, async () => {
    const { nodes, members, network } = await openNodes(3, BARE, { transport, settings });
    const rest = nodes.slice(0, 2);
    await until(() => isRing(nodes), "a ring of three");
    await Promise.all(rest.map(({ totem }) => totem.setMemberList(members.slice(0, 2))));
    await until(() => isRing(rest), "a ring of two");
    rest[0]!.send("without");
    await until(() => rest.every(({ messages }) => messages.includes("without")), "delivery");

    // Node 3 looks for the others all the while. If they heard that, they would form a ring with it.
    const { counters } = nodes[2]!.totem;
    const searches = (): number => counters.memb_merge_detect_tx + counters.memb_join_tx;
    const before = searches();
    await until(() => searches() > before + 3, "searches for others");
    expect(isRing(rest)).toBe(true);
    if (transport === "udpu") {
      const lines = rest[1]!.logs.filter((line) => line.includes("UDPU member"));
      expect(lines.at(-1)).toBe(`notice removing UDPU member {${network}.3}`);
    }

    await Promise.all(rest.map(({ totem }) => totem.setMemberList(members)));
    await until(() => isRing(nodes), "a ring of three again");
    nodes[2]!.send("back");
    await until(() => nodes.every(({ messages }) => messages.at(-1) === "back"), "delivery");
  });

  it("adds a node that was not configured before, with messages on the way", async () => {
    const { nodes, members, network, openNode } = await openNodes(2, BARE, { transport, settings });
    await until(() => isRing(nodes), "a ring of two");
    const list = [...members, { nodeId: 3, address: `${network}.3` }];
    for (let i = 0; i < 500; i++) nodes[i % 2]!.send(`before ${i}`);
    await Promise.all(nodes.map(({ totem }) => totem.setMemberList(list)));
    const third = await openNode(2, list);
    for (let i = 0; i < 500; i++) nodes[i % 2]!.send(`after ${i}`);
    const all = [...nodes, third];
    await until(() => isRing(all), "a ring of three");
    third.send("hello");
    await until(() => nodes.every(({ messages }) => messages.length === 1001), "delivery");
    expect(nodes[1]!.messages).toEqual(nodes[0]!.messages);
    await until(() => third.messages.at(-1) === nodes[0]!.messages.at(-1), "delivery to the new node");
    expect(nodes[0]!.messages.slice(-third.messages.length)).toEqual(third.messages);
  });

  it("follows a node to another address", async () => {
    const { nodes, members, network } = await openNodes(2, BARE, { transport, settings });
    await until(() => isRing(nodes), "a ring of two");
    const moved = [members[0]!, { nodeId: 2, address: `${network}.9` }];
    await nodes[0]!.totem.setMemberList(moved);
    await until(() => nodes[0]!.totem.members.length === 1, "a ring of one");
    await nodes[0]!.totem.setMemberList(members);
    await until(() => isRing(nodes), "a ring of two again");
  });

  it("takes many changes at once, and the last one holds", async () => {
    const { nodes, members } = await openNodes(3, BARE, { transport, settings });
    await until(() => isRing(nodes), "a ring of three");
    const lists = [members.slice(0, 2), members, members.slice(0, 1), members.slice(0, 2), members];
    await Promise.all(
      nodes.slice(0, 1).flatMap(({ totem }) => lists.map((list) => totem.setMemberList(list))),
    );
    nodes[0]!.send("all");
    await until(() => isRing(nodes) && nodes.every(({ messages }) => messages.includes("all")), "delivery");
  });
});

describe("other changes of a live ring on sockets", () => {
  it("refuses a list without this node, one that moves it, and one of two families", async () => {
    const { nodes, members, network } = await openNodes(1, BARE);
    const { totem } = nodes[0]!;
    await expect(totem.setMemberList([])).rejects.toThrow("1 is not among the members");
    const elsewhere = [{ nodeId: 1, address: `${network}.8` }];
    await expect(totem.setMemberList(elsewhere)).rejects.toThrow(`can not move from ${network}.1`);
    const mixed = [...members, { nodeId: 2, address: "::1" }];
    await expect(totem.setMemberList(mixed)).rejects.toThrow('node 2 has "::1", which is no IPv4 address');
    await until(() => isRing(nodes), "a ring of one");
  });

  it.each([
    ["shorter", 5000, 400],
    ["longer", 400, 1500],
  ])("finds a dead node after a token timeout made %s", { timeout: 20_000 }, async (_, fromMs, toMs) => {
    const { nodes } = await openNodes(3, BARE, { settings: () => ({ tokenTimeoutMs: fromMs }) });
    await until(() => isRing(nodes), "a ring of three", 15_000);
    const config = totemConfig(3, { tokenTimeoutMs: toMs });
    for (const { totem } of nodes) totem.reconfigure(config);
    // The next visits arm the timers anew.
    nodes[0]!.send("new values");
    await until(() => nodes.every(({ messages }) => messages.length === 1), "delivery");
    await nodes[2]!.totem.close();
    const since = performance.now();
    await until(() => nodes[0]!.totem.state === "gather", "the loss of the token", 15_000);
    const elapsed = performance.now() - since;
    expect(elapsed).toBeGreaterThan(toMs / 2);
    expect(elapsed).toBeLessThan(toMs + 1000);
  });

  it("loses nothing when the window changes under load", async () => {
    const { nodes } = await openNodes(3, BARE);
    await until(() => isRing(nodes), "a ring of three");
    const windows = [
      { windowSizePackets: 300, maxMessagesPackets: 100 },
      { windowSizePackets: 5, maxMessagesPackets: 1 },
      { windowSizePackets: 50, maxMessagesPackets: 17, acceleratedWindowPackets: 8 },
    ];
    const count = 400;
    for (const [round, window] of windows.entries()) {
      for (let i = 0; i < count; i++)
        for (const [n, node] of nodes.entries()) node.send(`${round}:${n}:${i}:${"w".repeat(1000)}`);
      const config = totemConfig(3, { tokenTimeoutMs: 1000, ...window });
      for (const { totem } of nodes) totem.reconfigure(config);
      const expected = 3 * count * (round + 1);
      await until(() => nodes.every(({ messages }) => messages.length === expected), `round ${round}`);
    }
    expect(nodes[1]!.messages).toEqual(nodes[0]!.messages);
    expect(nodes[2]!.messages).toEqual(nodes[0]!.messages);
    expect(nodes[0]!.totem.counters.gather_entered).toBeLessThan(6);
  });

  it("forms its ring anew when told to, and loses nothing (spec totem 13.5)", async () => {
    const { nodes } = await openNodes(3, BARE, { settings });
    await until(() => isRing(nodes), "a ring of three");
    const { sequence } = nodes[0]!.totem.ringId;
    for (let i = 0; i < 100; i++) for (const [n, node] of nodes.entries()) node.send(`${n}:${i}`);
    nodes[1]!.totem.forceGather();
    await until(() => nodes[0]!.totem.ringId.sequence > sequence && isRing(nodes), "another ring of three");
    await until(() => nodes.every(({ messages }) => messages.length === 300), "delivery");
    expect(nodes[1]!.messages).toEqual(nodes[0]!.messages);
    expect(nodes[2]!.messages).toEqual(nodes[0]!.messages);
    expect(nodes[1]!.totem.counters.operational_token_lost).toBe(1);
  });

  it("begins its counters anew", async () => {
    const { nodes } = await openNodes(1, BARE);
    await until(() => isRing(nodes), "a ring of one");
    const { totem } = nodes[0]!;
    expect(totem.counters.operational_entered).toBe(1);
    totem.clearCounters();
    expect(totem.counters.operational_entered).toBe(0);
  });
});
