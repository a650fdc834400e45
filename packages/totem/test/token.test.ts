import { describe, expect, it } from "vitest";
import { PacketType, TYPE_AT } from "../src/wire/header.ts";
import { Encapsulated, Mcast } from "../src/wire/mcast.ts";
import { OrfToken } from "../src/wire/orf-token.ts";
import { type SentPacket, VirtualNetwork } from "./virtual-network.ts";

function ring(ids: readonly number[], settings = {}, seed = 1): VirtualNetwork {
  const network = new VirtualNetwork(seed);
  for (const id of ids) network.add(id, ids, settings).start();
  network.runUntil(() => network.isRing(ids), 2000);
  return network;
}

/** Watches what is sent without changing it. */
function watch(network: VirtualNetwork, type: number): SentPacket[] {
  const seen: SentPacket[] = [];
  const { filter } = network;
  network.filter = (packet) => {
    if (packet.bytes[TYPE_AT] === type) seen.push(packet);
    return filter(packet);
  };
  return seen;
}

const u32 = ({ bytes }: SentPacket, at: number): number => new DataView(bytes.buffer).getUint32(at, true);

describe("an idle ring", () => {
  it("holds the token after 31 rotations and shows itself once a hold interval (spec totem 10.2)", () => {
    const network = ring([1, 2, 3]);
    network.run(5000);
    const tokens = watch(network, PacketType.orfToken);
    const merges = watch(network, PacketType.mergeDetect);
    network.run(685 * 20);
    // Three hops of the token and one merge detect to each of two peers in every interval of 685 ms.
    expect(Math.abs(tokens.length - 60)).toBeLessThanOrEqual(3);
    expect(Math.abs(merges.length - 40)).toBeLessThanOrEqual(2);
    expect(new Set(merges.map(({ from }) => from))).toEqual(new Set([1]));
  });

  it("wakes at once when somebody has something to say", () => {
    const network = ring([1, 2, 3]);
    network.run(5000);
    const cancels = watch(network, PacketType.holdCancel);
    network.nodes.get(3)!.send("wake up");
    const since = network.nowMs;
    network.runUntil(() => network.nodes.get(1)!.messages.length === 1, 100);
    expect(network.nowMs - since).toBeLessThan(3);
    expect(cancels.length).toBe(2);
  });
});

describe("a token visit", () => {
  it("sends at most max_messages, and the ring at most window_size a rotation", () => {
    const network = ring([1, 2, 3]);
    const sinceToken = new Map<number, number>();
    let most = 0;
    let highestFcc = 0;
    network.filter = (packet) => {
      const { from, to, bytes } = packet;
      if (bytes[TYPE_AT] === PacketType.orfToken) {
        sinceToken.set(from, 0);
        highestFcc = Math.max(highestFcc, u32(packet, OrfToken.fccAt));
      } else if (bytes[TYPE_AT] === PacketType.mcast && to === (from % 3) + 1) {
        expect(bytes.length).toBeLessThanOrEqual(1455);
        sinceToken.set(from, (sinceToken.get(from) ?? 0) + 1);
        most = Math.max(most, sinceToken.get(from)!);
      }
      return true;
    };
    for (const node of network.nodes.values()) for (let i = 0; i < 200; i++) node.send("p".repeat(1380));
    network.runUntil(() => network.nodes.get(1)!.messages.length === 600, 5000);
    expect(most).toBe(17);
    expect(highestFcc).toBe(50);
  });

  it("asks for what it misses after miss_count_const visits, and anybody answers", () => {
    const network = ring([1, 2, 3]);
    let dropped = 0;
    network.filter = ({ to, bytes }) => {
      if (bytes[TYPE_AT] !== PacketType.mcast || to !== 2 || dropped > 0) return true;
      dropped++;
      return false;
    };
    const tokens = watch(network, PacketType.orfToken);
    network.nodes.get(1)!.send("lost at first");
    network.runUntil(() => network.nodes.get(2)!.messages.length === 1, 1000);
    expect(dropped).toBe(1);
    const asking = tokens.filter((token) => u32(token, OrfToken.rtrEntriesAt) > 0);
    expect(asking.length).toBeGreaterThan(0);
    const visitsOf2 = tokens
      .filter(({ from }) => from === 2)
      .findIndex((t) => u32(t, OrfToken.rtrEntriesAt) > 0);
    expect(visitsOf2).toBeGreaterThanOrEqual(4);
    const retransmitted = [...network.nodes.values()].map(({ totem }) => totem.counters.mcast_retx);
    expect(retransmitted.reduce((a, b) => a + b)).toBe(1);
    expect(retransmitted[2]).toBe(1);
  });

  it("repeats a lost token before anybody gives up", () => {
    const network = ring([1, 2, 3]);
    let dropped = 0;
    network.filter = ({ bytes }) => bytes[TYPE_AT] !== PacketType.orfToken || ++dropped > 1;
    const gathers = network.nodes.get(1)!.totem.counters.gather_entered;
    network.run(2000);
    network.nodes.get(2)!.send("after the loss");
    network.runUntil(() => network.nodes.get(1)!.messages.length === 1, 2000);
    expect(network.nodes.get(1)!.totem.counters.gather_entered).toBe(gathers);
  });

  it("sends an accelerated window behind the token, each packet once", () => {
    const ids = [1, 2, 3];
    const network = ring(ids, { acceleratedWindowPackets: 17 });
    const mcasts = watch(network, PacketType.mcast);
    for (const size of [10, 3000, 60_000]) network.nodes.get(2)!.send("a".repeat(size));
    network.runUntil(() => ids.every((id) => network.nodes.get(id)!.messages.length === 3), 1000);
    expect(network.nodes.get(2)!.totem.counters.mcast_retx).toBe(0);
    expect(mcasts.length).toBe(2 * network.nodes.get(2)!.totem.counters.mcast_tx);
    expect(mcasts.every(({ bytes }) => bytes.length > Mcast.payloadAt)).toBe(true);
  });

  it("keeps one order with an accelerated window and loss", () => {
    const ids = [1, 2, 3];
    const network = ring(ids, { acceleratedWindowPackets: 10 });
    network.loss = 0.05;
    network.jitterMs = 0.2;
    for (const node of network.nodes.values()) {
      for (let i = 0; i < 300; i++) node.send(`${node.nodeId}:${i} ${"q".repeat(700)}`);
    }
    network.runUntil(() => ids.every((id) => network.nodes.get(id)!.messages.length === 900), 60_000);
    expect(network.nodes.get(2)!.messages).toEqual(network.nodes.get(1)!.messages);
    expect(network.nodes.get(3)!.messages).toEqual(network.nodes.get(1)!.messages);
  });
});

describe("timers", () => {
  it("log a token that is late, at the configured share of the timeout", () => {
    const network = ring([1, 2], { tokenTimeoutMs: 1000, tokenWarningPercent: 50 });
    network.filter = ({ bytes }) => bytes[TYPE_AT] !== PacketType.orfToken;
    network.run(990);
    expect(
      network.nodes.get(1)!.logs.filter((line) => /Token has not been received in 50\d ms/.test(line)),
    ).toHaveLength(1);
    expect(network.nodes.get(1)!.totem.counters.operational_token_lost).toBe(0);
    network.run(50);
    expect(network.nodes.get(1)!.totem.counters.operational_token_lost).toBe(1);
    expect(network.nodes.get(1)!.logs).toContain(
      "notice A processor failed, forming new configuration: token timed out (1000ms), waiting 1200ms for consensus.",
    );
  });

  it("let the heartbeat find a crash before the token timeout does", () => {
    const network = ring([1, 2, 3], {
      heartbeatFailuresAllowed: 2,
      tokenTimeoutMs: 5000,
      tokenRetransmitMs: 200,
      seqnoUnchangedConst: 1e9,
    });
    network.nodes.get(2)!.crash();
    const since = network.nowMs;
    network.runUntil(() => network.nodes.get(1)!.totem.state === "gather", 5000);
    expect(network.nowMs - since).toBeLessThan(500);
  });

  it("lose a commit token and start over", () => {
    const network = new VirtualNetwork();
    const ids = [1, 2];
    for (const id of ids) network.add(id, ids, { tokenTimeoutMs: 500 }).start();
    network.filter = ({ bytes }) => bytes[TYPE_AT] !== PacketType.commitToken;
    network.run(3000);
    expect(network.nodes.get(1)!.totem.counters.commit_token_lost).toBeGreaterThan(0);
    network.filter = () => true;
    network.runUntil(() => network.isRing(ids), 5000);
  });

  it("lose the token in recovery and start over with what they had", () => {
    const ids = [1, 2, 3];
    const network = ring(ids, { tokenTimeoutMs: 500 });
    network.nodes.get(1)!.send("before");
    network.run(100);
    network.nodes.get(3)!.crash();
    network.runUntil(() => network.nodes.get(1)!.totem.state === "recovery", 5000);
    network.filter = ({ bytes }) => bytes[TYPE_AT] !== PacketType.orfToken;
    network.runUntil(() => network.nodes.get(1)!.totem.counters.recovery_token_lost > 0, 5000);
    network.filter = () => true;
    network.runUntil(() => network.isRing([1, 2]), 10_000);
    expect(network.nodes.get(2)!.messages).toEqual(["before"]);
  });

  it("delay a join by at most send_join, and form the ring all the same", () => {
    const network = new VirtualNetwork();
    const ids = [1, 2, 3];
    for (const id of ids) network.add(id, ids, { sendJoinMs: 30 }).start();
    network.runUntil(() => network.isRing(ids), 5000);
  });
});

describe("recovery", () => {
  it("gives members what the crashed sender had sent to one of them only, encapsulated", () => {
    const ids = [1, 2, 3];
    const network = ring(ids, { tokenTimeoutMs: 500 });
    network.filter = ({ from, to, bytes }) =>
      !(from === 3 && to === 1 && bytes[TYPE_AT] === PacketType.mcast);
    network.nodes.get(3)!.send("heard by 2 alone");
    network.runUntil(() => network.nodes.get(2)!.messages.length === 1, 1000);
    network.nodes.get(3)!.crash();
    network.filter = ({ bytes }) => bytes[TYPE_AT] !== PacketType.orfToken || bytes.length === 0;
    network.runUntil(() => network.nodes.get(1)!.totem.state === "gather", 2000);
    network.filter = () => true;
    const mcasts = watch(network, PacketType.mcast);
    network.runUntil(() => network.isRing([1, 2]), 10_000);
    expect(network.nodes.get(1)!.messages).toEqual(["heard by 2 alone"]);
    expect(mcasts.some(({ bytes }) => bytes[4] === Encapsulated.recovery)).toBe(true);
    const order = network.nodes
      .get(1)!
      .seen.slice(-3)
      .map((e) => (e.kind === "change" ? e.change.kind : e.text));
    expect(order).toEqual(["heard by 2 alone", "transitional", "regular"]);
  });

  it("delivers behind a hole nobody can fill only what those who stay have sent", () => {
    const ids = [1, 2, 3];
    const network = ring(ids, { tokenTimeoutMs: 500 });
    // Node 3's first mcast reaches nobody; what 1 and 2 send after it does.
    network.filter = ({ from, bytes }) => !(from === 3 && bytes[TYPE_AT] === PacketType.mcast);
    network.nodes.get(3)!.send("lost with its sender");
    network.runUntil(() => network.nodes.get(3)!.messages.length === 1, 1000);
    network.nodes.get(1)!.send("behind the hole");
    network.run(3);
    network.nodes.get(3)!.crash();
    network.runUntil(() => network.isRing([1, 2]), 10_000);
    for (const id of [1, 2]) {
      const order = network.nodes
        .get(id)!
        .seen.slice(-3)
        .map((e) => (e.kind === "change" ? e.change.kind : e.text));
      expect(order).toEqual(["transitional", "behind the hole", "regular"]);
    }
  });
});

describe("a node that receives nothing for long", () => {
  it("gives itself up, and the others go on without it", () => {
    const ids = [1, 2, 3];
    const network = ring(ids, { failRecvConst: 20 });
    network.filter = ({ to, bytes }) => !(to === 3 && bytes[TYPE_AT] === PacketType.mcast);
    for (let i = 0; i < 50; i++) network.nodes.get(1)!.send(`m${i}`);
    network.runUntil(() => network.nodes.get(3)!.logs.includes("error FAILED TO RECEIVE"), 10_000);
    network.runUntil(() => network.nodes.get(1)!.messages.length === 50, 10_000);
  });
});

describe("the two queues", () => {
  it("send what is multicast during a synchronization first, and the rest after it", () => {
    const ids = [1, 2];
    const network = ring(ids);
    for (const node of network.nodes.values()) node.acknowledge = false;
    network.split([1], [2]);
    network.nodes.get(1)!.send("queued in the old ring");
    network.runUntil(() => network.isRing([1]) && network.isRing([2]), 20_000);
    network.nodes.get(1)!.send("during the synchronization");
    network.run(1000);
    expect(network.nodes.get(1)!.messages.slice(-1)).toEqual(["during the synchronization"]);
    network.nodes.get(1)!.totem.groups.acknowledgeTransition();
    network.run(1000);
    expect(network.nodes.get(1)!.messages).toContain("queued in the old ring");
  });

  it("lose nothing that was queued during a synchronization when it ends (spec totem Q10)", () => {
    const network = new VirtualNetwork();
    const node = network.add(1, [1]);
    node.acknowledge = false;
    node.start();
    network.runUntil(() => network.isRing([1]), 100);
    for (let i = 0; i < 100; i++) node.send(`${i} ${"r".repeat(900)}`);
    expect(node.messages.length).toBe(0);
    node.totem.groups.acknowledgeTransition();
    network.run(1000);
    expect(node.messages.map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  it("tell how full they are, and refuse what does not fit", () => {
    const network = ring([1, 2]);
    const { groups } = network.nodes.get(1)!.totem;
    const levels: string[] = [];
    groups.onQueueLevel((level) => levels.push(level));
    let accepted = 0;
    while (network.nodes.get(1)!.send("s".repeat(60_000))) accepted++;
    expect(accepted).toBe(69);
    expect(groups.queueLevel).toBe("critical");
    network.runUntil(() => network.nodes.get(2)!.messages.length === accepted, 60_000);
    expect(groups.queueLevel).toBe("low");
    expect(levels).toEqual(["good", "high", "critical", "high", "good", "low"]);
  });
});
