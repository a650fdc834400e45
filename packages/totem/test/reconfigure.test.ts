import { describe, expect, it } from "vitest";
import { type TotemSettings, totemConfig } from "../src/index.ts";
import { PacketType, TYPE_AT } from "../src/wire/header.ts";
import { VirtualNetwork } from "./virtual-network.ts";

function ring(ids: readonly number[], settings: TotemSettings = {}): VirtualNetwork {
  const network = new VirtualNetwork(1);
  for (const id of ids) network.add(id, ids, settings).start();
  network.runUntil(() => network.isRing(ids), 4000);
  return network;
}

function reconfigure(network: VirtualNetwork, settings: TotemSettings): void {
  for (const { totem } of network.nodes.values()) totem.reconfigure(totemConfig(3, settings));
}

/** Milliseconds from the crash of node 3 to the loss of the token. */
function failover(network: VirtualNetwork): number {
  network.nodes.get(3)!.crash();
  const since = network.nowMs;
  network.runUntil(() => network.nodes.get(1)!.totem.state === "gather", 20_000);
  return network.nowMs - since;
}

describe("a live change of values (spec totem section 5)", () => {
  it("uses a new token timeout from the next arming on", () => {
    const network = ring([1, 2, 3], { tokenTimeoutMs: 10_000 });
    reconfigure(network, { tokenTimeoutMs: 1000 });
    network.run(5000);
    const elapsed = failover(network);
    expect(elapsed).toBeGreaterThan(400);
    expect(elapsed).toBeLessThan(1001);
  });

  it("leaves the timer that runs alone", () => {
    const network = ring([1, 2, 3], { tokenTimeoutMs: 3000 });
    network.nodes.get(3)!.crash();
    network.run(100);
    reconfigure(network, { tokenTimeoutMs: 200 });
    const since = network.nowMs;
    network.runUntil(() => network.nodes.get(1)!.totem.state === "gather", 20_000);
    expect(network.nowMs - since).toBeGreaterThan(2000);
  });

  it("sends the packets of a raised window and max_messages", () => {
    const network = ring([1, 2, 3]);
    let sent = 0;
    let most = 0;
    const { filter } = network;
    network.filter = (packet) => {
      if (packet.from === 1 && packet.bytes[TYPE_AT] === PacketType.orfToken) sent = 0;
      if (packet.from === 1 && packet.to === 2 && packet.bytes[TYPE_AT] === PacketType.mcast) sent++;
      most = Math.max(most, sent);
      return filter(packet);
    };
    const flood = (count: number): void => {
      for (let i = 0; i < 200; i++) network.nodes.get(1)!.send("p".repeat(1380));
      network.runUntil(() => network.nodes.get(3)!.messages.length === count, 5000);
    };
    flood(200);
    expect(most).toBe(17);
    reconfigure(network, { windowSizePackets: 300, maxMessagesPackets: 60 });
    flood(400);
    expect(most).toBe(60);
  });

  it("stops warning when the warning is turned off", () => {
    const network = ring([1, 2, 3], { tokenTimeoutMs: 10_000, tokenWarningPercent: 10 });
    const { logs } = network.nodes.get(1)!;
    const warnings = (): number => logs.filter((line) => line.includes("Token has not been received")).length;
    network.nodes.get(2)!.crash();
    network.run(1500);
    expect(warnings()).toBe(1);
    reconfigure(network, { tokenTimeoutMs: 10_000, tokenWarningPercent: 0 });
    network.run(5000);
    expect(warnings()).toBe(2);
  });
});
