import { describe, expect, it } from "vitest";
import { VirtualNetwork } from "./virtual-network.ts";

function cluster(ids: readonly number[], seed = 1): VirtualNetwork {
  const network = new VirtualNetwork(seed);
  for (const id of ids) network.add(id, ids).start();
  return network;
}

describe("membership", () => {
  it("forms a ring of one, with the ring id that C would have", () => {
    const network = cluster([3]);
    network.runUntil(() => network.isRing([3]), 100);
    expect(network.nodes.get(3)!.totem.ringId).toEqual({ representative: 3, sequence: 5 });
    expect(network.nodes.get(3)!.changes).toEqual([
      { kind: "transitional", members: [], left: [], joined: [], ringId: { representative: 3, sequence: 5 } },
      { kind: "regular", members: [3], left: [], joined: [3], ringId: { representative: 3, sequence: 5 } },
    ]);
    expect(network.nodes.get(3)!.storedSequence).toBe(5);
  });

  it("forms one ring of several nodes that start together", () => {
    const network = cluster([1, 2, 3, 4, 5]);
    network.runUntil(() => network.isRing([1, 2, 3, 4, 5]), 1000);
  });

  it("lets a node join a running ring", () => {
    const network = new VirtualNetwork();
    for (const id of [1, 2]) network.add(id, [1, 2, 3]).start();
    network.runUntil(() => network.isRing([1, 2]), 1000);
    network.run(3000);
    network.add(3, [1, 2, 3]).start();
    const since = network.nowMs;
    network.runUntil(() => network.isRing([1, 2, 3]), 1000);
    expect(network.nowMs - since).toBeLessThan(200);
    expect(network.nodes.get(1)!.changes.at(-1)).toMatchObject({
      kind: "regular",
      members: [1, 2, 3],
      joined: [3],
    });
  });

  it("notices a crash by the token timeout and forms the ring of the rest", () => {
    const ids = [1, 2, 3];
    const network = cluster(ids);
    network.runUntil(() => network.isRing(ids), 1000);
    network.run(5000);
    network.nodes.get(2)!.crash();
    const since = network.nowMs;
    network.runUntil(() => network.isRing([1, 3]), 20_000);
    expect(network.nowMs - since).toBeLessThan(3650 + 4380 + 800);
    expect(network.nodes.get(1)!.changes.at(-2)).toMatchObject({
      kind: "transitional",
      members: [1, 3],
      left: [2],
    });
    expect(network.nodes.get(1)!.logs).toContain("notice Failed to receive the leave message. failed: 2");
  });

  it("forms the ring of the rest at once when a node leaves", () => {
    const ids = [1, 2, 3];
    const network = cluster(ids);
    network.runUntil(() => network.isRing(ids), 1000);
    network.run(2000);
    network.nodes.get(3)!.totem.leave();
    network.runUntil(() => network.isRing([1, 2]), 100);
    expect(network.nodes.get(1)!.logs.some((line) => line.includes("Failed to receive"))).toBe(false);
  });

  it("splits and merges", () => {
    const ids = [1, 2, 3, 4];
    const network = cluster(ids);
    network.runUntil(() => network.isRing(ids), 1000);
    network.split([1, 2], [3, 4]);
    network.runUntil(() => network.isRing([1, 2]) && network.isRing([3, 4]), 30_000);
    network.heal();
    const since = network.nowMs;
    network.runUntil(() => network.isRing(ids), 5000);
    expect(network.nowMs - since).toBeLessThan(1500);
  });

  it("never reuses a ring sequence across a restart", () => {
    const network = cluster([7]);
    network.runUntil(() => network.isRing([7]), 100);
    const stored = network.nodes.get(7)!.storedSequence;
    network.nodes.get(7)!.crash();
    const again = network.add(7, [7], {}, stored);
    again.start();
    network.runUntil(() => network.isRing([7]), 100);
    expect(again.totem.ringId.sequence).toBeGreaterThan(stored);
  });
});

describe("the total order", () => {
  function texts(count: number, from: number): string[] {
    return Array.from({ length: count }, (_, i) => `${from}:${i}:${"x".repeat((i * 37) % 3000)}`);
  }

  for (const loss of [0, 0.1]) {
    it(`is the same at all nodes, nothing missing, with ${loss * 100} % loss`, () => {
      const ids = [1, 2, 3];
      const network = cluster(ids, 42);
      network.jitterMs = loss > 0 ? 0.3 : 0;
      network.runUntil(() => network.isRing(ids), 1000);
      network.loss = loss;
      for (const id of ids)
        for (const text of texts(300, id)) expect(network.nodes.get(id)!.send(text)).toBe(true);
      network.runUntil(
        () => ids.every((id) => network.nodes.get(id)!.messages.length === 900),
        120_000,
        "delivery",
      );
      const first = network.nodes.get(1)!.messages;
      for (const id of ids) {
        expect(network.nodes.get(id)!.messages).toEqual(first);
        expect(first.filter((text) => text.startsWith(`${id}:`))).toEqual(texts(300, id));
      }
    });
  }

  it("carries a message of 1 MiB between small ones", () => {
    const ids = [1, 2];
    const network = cluster(ids);
    network.runUntil(() => network.isRing(ids), 1000);
    const large = "L".repeat(1_048_576);
    const node = network.nodes.get(1)!;
    expect([node.send("before"), node.send(large), node.send("after")]).toEqual([true, true, true]);
    expect(node.send(`${large}!`)).toBe(false);
    network.runUntil(() => network.nodes.get(2)!.messages.length === 3, 60_000);
    expect(network.nodes.get(2)!.messages).toEqual(["before", large, "after"]);
  });

  it("delivers to nodes that stay together the same messages before and after a change", () => {
    const ids = [1, 2, 3, 4];
    const network = cluster(ids, 5);
    network.runUntil(() => network.isRing(ids), 1000);
    network.loss = 0.05;
    for (const id of ids) for (const text of texts(200, id)) network.nodes.get(id)!.send(text);
    network.run(20);
    network.split([1, 2], [3, 4]);
    network.runUntil(() => network.isRing([1, 2]) && network.isRing([3, 4]), 60_000);
    const hasAllOf = (id: number, senders: readonly number[]): boolean =>
      network.nodes.get(id)!.seen.filter((e) => e.kind === "message" && senders.includes(e.from)).length ===
      400;
    for (const pair of [
      [1, 2],
      [3, 4],
    ]) {
      network.runUntil(() => pair.every((id) => hasAllOf(id, pair)), 60_000, "delivery");
    }
    const together = (id: number) => {
      const { seen } = network.nodes.get(id)!;
      return seen.slice(1 + seen.findIndex((e) => e.kind === "change" && e.change.members.length === 4));
    };
    expect(together(1)).toEqual(together(2));
    expect(together(3)).toEqual(together(4));
    expect(together(1).filter((e) => e.kind === "message").length).toBeGreaterThan(100);
  });
});
