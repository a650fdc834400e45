import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import type { TotemSettings } from "../src/index.ts";
import { encodeJoin } from "../src/wire/join.ts";
import { writeMcastHeader } from "../src/wire/mcast.ts";
import { ORF_TOKEN_BYTES_MAX, OrfToken, writeInitialOrfToken } from "../src/wire/orf-token.ts";
import { capturedPackets } from "./capture/captures.ts";
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
  operational: (settings: TotemSettings = {}) => {
    const network = new VirtualNetwork();
    const node = network.add(1, [1, 2], settings);
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

  it("does not believe a join that says in its own name that it has failed", () => {
    const { network, node } = STATES.operational();
    const join = { systemFrom: 1, leave: true, processors: [], failed: [9, 1], ringSequence: 99 };
    node.totem.receive(new ByteSpan(encodeJoin(join)), "10.0.0.9");
    network.runUntil(() => network.isRing([1]), 20_000, "a ring of one again");
  });

  /** The token of a ring of one, with the sequences it would come with next. */
  function nextToken(node: VirtualNode, tokenSeq: number, set: (view: DataView) => void): ByteSpan {
    const token = new Uint8Array(OrfToken.rtrListAt);
    const view = new DataView(token.buffer);
    writeInitialOrfToken(view, 0, 1, node.totem.ringId, false);
    view.setUint32(OrfToken.tokenSeqAt, tokenSeq, true);
    view.setUint32(OrfToken.aruAt, 0, true);
    set(view);
    return new ByteSpan(token);
  }

  it("sends again when the ring is quiet and the token counts a whole window", () => {
    const { network, node } = STATES.operational();
    const token = nextToken(node, 1_000_000, (view) => view.setUint32(OrfToken.fccAt, 50, true));
    node.totem.receive(token, "10.0.0.9");
    node.send("still here");
    network.run(5000);
    expect(node.messages).toEqual(["still here"]);
  });

  it("takes back an aru that stands for a node outside of the ring", () => {
    const { network, node } = STATES.operational({ failRecvConst: 50 });
    const token = nextToken(node, 1_000_000, (view) => {
      view.setUint32(OrfToken.seqAt, 3, true);
      view.setUint32(OrfToken.aruAddrAt, 77, true);
    });
    node.totem.receive(token, "10.0.0.9");
    node.send("still here");
    network.run(60_000);
    expect(node.logs).toContain("error FAILED TO RECEIVE");
    expect(node.messages).toEqual(["still here"]);
  });

  it("refuses a token that would number messages anew", () => {
    const { network, node } = STATES.operational();
    for (const text of ["a", "b", "c"]) {
      node.send(text);
      network.run(1000);
    }
    const token = nextToken(node, 1_000_000, (view) => view.setUint32(OrfToken.seqAt, 1, true));
    node.totem.receive(token, "10.0.0.9");
    expect(node.malformed.at(-1)).toMatch(/^10\.0\.0\.9: orf_token\.seq: 1 lies before 3/);
    node.send("still here");
    network.run(1000);
    expect(node.messages).toEqual(["a", "b", "c", "still here"]);
  });

  it("drops requests that nobody can answer, and says no more of them", () => {
    const { network, node } = STATES.operational();
    const token = nextToken(node, 1_000_000, (view) => {
      view.setInt32(OrfToken.rtrEntriesAt, 30, true);
    });
    const longer = new Uint8Array(ORF_TOKEN_BYTES_MAX);
    longer.set(token.bytes);
    node.totem.receive(new ByteSpan(longer), "10.0.0.9");
    node.send("still here");
    network.run(5000);
    expect(node.messages).toEqual(["still here"]);
    expect(node.logs.filter((line) => line.includes("Retransmit List")).length).toBe(1);
  });

  it("leaves RECOVERY though a token says that somebody is still to retransmit", () => {
    const { network, node } = stopAt("recovery");
    const token = nextToken(node, 1_000_000, (view) => view.setInt32(OrfToken.retransFlgAt, 7, true));
    node.totem.receive(token, "10.0.0.9");
    expect(node.totem.counters.malformed_rx).toBe(0);
    network.runUntil(() => network.isRing([1, 2]), 20_000, "a ring of two");
  });

  it("does not count as delivered what a forged packet puts ahead of a ring in RECOVERY", () => {
    const { network, node } = stopAt("recovery");
    const mcast = new Uint8Array(2 * 45);
    writeMcastHeader(new DataView(mcast.buffer), 0, 1, 2, 3, 0, node.totem.ringId);
    node.totem.receive(new ByteSpan(mcast), "10.0.0.9");
    network.runUntil(() => network.isRing([1, 2]), 20_000, "a ring of two");
    const texts = ["a", "b", "c", "d", "e"];
    for (const text of texts) {
      node.send(text);
      network.run(1000);
    }
    for (const { messages } of network.nodes.values()) expect(messages).toEqual(texts);
  });

  it("counts a message whose list of groups exceeds it", () => {
    const { network, node } = STATES.operational();
    const mcast = new Uint8Array(45 + 8 + 2 + 6);
    const view = new DataView(mcast.buffer);
    writeMcastHeader(view, 0, 2, 2, 1, 0, node.totem.ringId);
    view.setUint16(45 + 6, 1, true);
    view.setUint16(45 + 8, 6, true);
    view.setUint16(45 + 10, 1, true);
    view.setUint16(45 + 12, 60, true);
    node.totem.receive(new ByteSpan(mcast), "10.0.0.9");
    expect(node.malformed).toEqual(["node 2: totempg: group list does not fit the message of 6 bytes"]);
    expect(node.totem.counters.malformed_rx).toBe(1);
    network.runUntil(() => network.isRing([1]), 20_000);
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
