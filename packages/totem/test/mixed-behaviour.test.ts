import { describe, expect, it } from "vitest";
import { C_TOTEM_BEHAVIOUR, TOTEM_BEHAVIOUR } from "../src/index.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const IDS = [1, 2, 3, 4];

/** The nodes that behave as C: in a mixed ring one of them is the representative, or none. */
const MIXES: readonly (readonly [name: string, likeC: readonly number[]])[] = [
  ["all nodes behave as C", IDS],
  ["the representative behaves as C", [1, 3]],
  ["the representative is ours", [2, 4]],
];

function cluster(seed: number, likeC: readonly number[]): VirtualNetwork {
  const network = new VirtualNetwork(seed);
  network.behaviourOf = (id) => (likeC.includes(id) ? C_TOTEM_BEHAVIOUR : TOTEM_BEHAVIOUR);
  for (const id of IDS) network.add(id, IDS, { tokenTimeoutMs: 300, tokenWarningPercent: 0 }).start();
  network.runUntil(() => network.isRing(IDS), 5000, `seed ${seed}: one ring`);
  return network;
}

/** Every node says something short, so that no message is cut by the change that follows (spec totem Q14). */
function talk(network: VirtualNetwork, round: number): void {
  for (const node of network.nodes.values()) if (node.alive) node.send(`${node.nodeId}:${round}`);
}

function messagesOf(network: VirtualNetwork, id: number): string[] {
  return network.nodes.get(id)!.messages;
}

/** Messages that both have are in the same order. */
function expectOneOrder(a: readonly string[], b: readonly string[]): void {
  const [ofA, ofB] = [new Set(a), new Set(b)];
  expect(a.filter((text) => ofB.has(text))).toEqual(b.filter((text) => ofA.has(text)));
}

describe("the behaviour of C, in rings of its own and with ours", () => {
  for (const [name, likeC] of MIXES) {
    it(`survives loss, a partition, a merge and a crash with one order: ${name}`, () => {
      for (let seed = 1; seed <= 5; seed++) {
        const network = cluster(seed, likeC);
        network.loss = 0.05;
        for (let round = 0; round < 50; round++) {
          talk(network, round);
          network.run(5);
        }
        network.loss = 0;
        network.runUntil(() => IDS.every((id) => messagesOf(network, id).length === 200), 20_000, "delivery");
        for (const id of IDS) expect(messagesOf(network, id)).toEqual(messagesOf(network, 1));

        network.split([1, 2], [3, 4]);
        talk(network, 100);
        network.runUntil(() => network.isRing([1, 2]) && network.isRing([3, 4]), 20_000, "two rings");
        network.run(500);
        expect(messagesOf(network, 2)).toEqual(messagesOf(network, 1));
        expect(messagesOf(network, 4)).toEqual(messagesOf(network, 3));

        network.heal();
        network.runUntil(() => network.isRing(IDS), 20_000, "one ring again");
        network.run(500);
        network.nodes.get(4)!.crash();
        talk(network, 200);
        network.runUntil(() => network.isRing([1, 2, 3]), 20_000, "a ring of three");
        network.run(500);
        talk(network, 300);
        network.runUntil(
          () => [1, 2, 3].every((id) => messagesOf(network, id).includes("3:300")),
          20_000,
          "delivery in the ring of three",
        );
        network.run(500);
        const last = (id: number) => messagesOf(network, id).filter((text) => text.endsWith(":300"));
        expect(last(1)).toHaveLength(3);
        for (const id of [2, 3]) {
          expect(last(id)).toEqual(last(1));
          expectOneOrder(messagesOf(network, id), messagesOf(network, 1));
        }
      }
    });
  }
});
