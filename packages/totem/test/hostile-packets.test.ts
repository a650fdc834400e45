import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { writeMcastHeader } from "../src/wire/mcast.ts";
import { OrfToken } from "../src/wire/orf-token.ts";
import { capturedPackets } from "./captures.ts";
import { seededRandom, VirtualNetwork, type VirtualNode } from "./virtual-network.ts";

/** A node in each state, with a peer that is configured but need not exist. */
const STATES = {
  gather: () => {
    const network = new VirtualNetwork();
    const node = network.add(1, [1, 2]);
    network.split([1], [2]);
    node.start();
    expect(node.totem.state).toBe("gather");
    return { network, node };
  },
  commit: () => stopAt("commit"),
  recovery: () => stopAt("recovery"),
  operational: () => {
    const network = new VirtualNetwork();
    const node = network.add(1, [1, 2]);
    node.start();
    network.runUntil(() => network.isRing([1]), 100);
    return { network, node };
  },
} as const;

function stopAt(state: "commit" | "recovery"): { network: VirtualNetwork; node: VirtualNode } {
  const network = new VirtualNetwork();
  const nodes = [1, 2].map((id) => network.add(id, [1, 2]));
  for (const node of nodes) node.start();
  const node = nodes[0]!;
  for (let i = 0; node.totem.state !== state; i++) {
    if (i > 100_000) throw new Error(`never in ${state}`);
    network.run(0.001);
  }
  return { network, node };
}

const ALL_ONES = new Uint8Array(2000).fill(0xff);

describe("the receive path", () => {
  for (const [state, make] of Object.entries(STATES)) {
    it(`survives mutations of every kind of packet in ${state}`, () => {
      const random = seededRandom(7);
      const packets = capturedPackets()
        .filter((_, i) => i % 7 === 0)
        .map(({ bytes }) => bytes);
      let { network, node } = make();
      let refused = 0;
      for (let i = 0; i < 4000; i++) {
        const mutant = packets[Math.floor(random() * packets.length)]!.slice();
        for (let n = Math.floor(random() * 4); n > 0; n--) {
          mutant[Math.floor(random() * mutant.length)] = Math.floor(random() * 256);
        }
        const length = random() < 0.3 ? Math.floor(random() * mutant.length) : mutant.length;
        node.totem.receive(new ByteSpan(mutant, 0, length), "10.0.0.9");
        if (i % 50 === 0) network.run(random() * 20);
        if (i % 400 !== 399) continue;
        expect(node.malformed.length).toBe(node.totem.counters.malformed_rx);
        refused += node.malformed.length;
        ({ network, node } = make());
      }
      expect(refused).toBeGreaterThan(500);
    });
  }

  it("counts and names what is wrong with a packet, and goes on", () => {
    const { network, node } = STATES.operational();
    const bad: [Uint8Array, RegExp][] = [
      [new Uint8Array(5), /too short \(5 bytes\)/],
      [ALL_ONES.slice(0, 60), /bad magic number \(probably sent by Corosync 2.2\)/],
      [Uint8Array.of(0x70, 0xc0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), /unsupported version 2/],
      [Uint8Array.of(0x70, 0xc0, 3, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0), /wrong type 9/],
      [Uint8Array.of(0xc0, 0x70, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), /other byte order/],
      [Uint8Array.of(0x70, 0xc0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), /orf_token: 13 bytes/],
      [Uint8Array.of(0x70, 0xc0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0), /memb_join.length/],
    ];
    for (const [bytes, reason] of bad) {
      node.totem.receive(new ByteSpan(bytes), "10.0.0.9");
      expect(node.malformed.at(-1)).toMatch(reason);
      expect(node.malformed.at(-1)).toMatch(/^10\.0\.0\.9: /);
    }
    expect(node.totem.counters.malformed_rx).toBe(bad.length);
    node.send("still here");
    network.run(2000);
    expect(node.messages).toEqual(["still here"]);
  });

  it("does not let a token with a far sequence, or a mcast out of the window, move anything", () => {
    const { network, node } = STATES.operational();
    const { ringId } = node.totem;
    const mcast = new Uint8Array(80);
    writeMcastHeader(new DataView(mcast.buffer), 0, 2, 2, 0x7fffffff, 0, ringId);
    node.totem.receive(new ByteSpan(mcast), "10.0.0.9");
    const token = new Uint8Array(OrfToken.rtrListAt);
    const view = new DataView(token.buffer);
    view.setUint16(0, 0xc070, true);
    view.setInt8(2, 3);
    view.setUint32(OrfToken.seqAt, 0x70000000, true);
    view.setUint32(OrfToken.tokenSeqAt, 0x70000000, true);
    view.setUint32(OrfToken.ringIdAt, ringId.representative, true);
    view.setUint32(OrfToken.ringIdAt + 4, ringId.sequence, true);
    node.totem.receive(new ByteSpan(token), "10.0.0.9");
    network.run(100);
    expect(node.seen.filter((event) => event.kind === "message")).toEqual([]);
  });

  it("forgets the flood of invented nodes when it is over", () => {
    const { network, node } = STATES.operational();
    for (let i = 0; i < 2000; i++) {
      const mcast = new Uint8Array(80);
      writeMcastHeader(new DataView(mcast.buffer), 0, 2, 1000 + i, 1, 0, { representative: 9, sequence: 99 });
      node.totem.receive(new ByteSpan(mcast), "10.0.0.9");
    }
    expect(node.totem.processors.length).toBeLessThanOrEqual(384);
    network.runUntil(() => network.isRing([1]), 20_000, "a ring of one again");
  });
});
