import { describe, expect, it } from "vitest";
import type { TotemSettings } from "../src/index.ts";
import { PacketType, TYPE_AT } from "../src/wire/header.ts";
import { VirtualNetwork } from "./virtual-network.ts";

function ring(ids: readonly number[], settings: TotemSettings = {}): VirtualNetwork {
  const network = new VirtualNetwork(1);
  for (const id of ids) network.add(id, ids, settings).start();
  network.runUntil(() => network.isRing(ids), 8000);
  return network;
}

const countersOf = (network: VirtualNetwork, id: number) => network.nodes.get(id)!.totem.counters;

describe("counters (spec totem section 18)", () => {
  it("count the states entered, the tokens and the joins of a formation", () => {
    const network = ring([1, 2, 3]);
    const first = countersOf(network, 1);
    // First alone, then with the others.
    expect(first.operational_entered).toBe(2);
    expect(first.commit_entered).toBe(2);
    expect(first.recovery_entered).toBe(2);
    expect(first.gather_entered).toBeGreaterThan(0);
    expect(first.memb_join_tx).toBeGreaterThan(0);
    expect(first.memb_join_rx).toBeGreaterThan(first.memb_join_tx);
    expect(first.memb_commit_token_tx).toBeGreaterThanOrEqual(4);
    expect(first.memb_commit_token_rx).toBeGreaterThanOrEqual(4);
    // Only initial tokens are counted, as in 3.1.7.
    expect(first.orf_token_tx).toBe(2);
    expect(first.orf_token_rx).toBeGreaterThan(5);
  });

  it("count messages, hold cancels, merge detects and retransmissions", () => {
    const network = ring([1, 2, 3]);
    network.run(5000);
    expect(countersOf(network, 1).memb_merge_detect_tx).toBeGreaterThan(0);
    expect(countersOf(network, 2).memb_merge_detect_rx).toBeGreaterThan(0);
    let dropped = false;
    network.filter = ({ to, bytes }) => {
      if (bytes[TYPE_AT] !== PacketType.mcast || to !== 3 || dropped) return true;
      dropped = true;
      return false;
    };
    network.nodes.get(2)!.send("hello");
    network.runUntil(() => network.nodes.get(3)!.messages.length === 1, 5000);
    expect(countersOf(network, 2)).toMatchObject({ mcast_tx: 1, token_hold_cancel_tx: 1 });
    expect(countersOf(network, 1)).toMatchObject({ mcast_rx: 1 });
    expect(countersOf(network, 1).token_hold_cancel_rx).toBe(1);
    expect(countersOf(network, 1).mcast_retx + countersOf(network, 2).mcast_retx).toBe(1);
  });

  it("count lost tokens and consensus timeouts", () => {
    const network = ring([1, 2]);
    const { operational_entered } = countersOf(network, 1);
    network.nodes.get(2)!.crash();
    network.runUntil(() => network.isRing([1]), 20_000);
    expect(countersOf(network, 1).operational_token_lost).toBe(1);
    expect(countersOf(network, 1).operational_entered).toBe(operational_entered + 1);
    expect(countersOf(network, 1).consensus_timeouts).toBeGreaterThan(0);
  });

  it("measure the gap between tokens, the backlog and the time since the last one", () => {
    const network = ring([1, 2, 3]);
    network.delayMs = 10;
    network.jitterMs = 0;
    for (let i = 0; i < 4000; i++) network.nodes.get(2)!.send("p".repeat(1000));
    network.run(4900);
    expect(countersOf(network, 2).mtt_rx_token).toBe(30);
    expect(countersOf(network, 2).avg_backlog_calc).toBeGreaterThan(100);
    expect(countersOf(network, 2).time_since_token_last_received).toBeLessThanOrEqual(30);
    expect(countersOf(network, 3).avg_backlog_calc).toBe(0);
    network.nodes.get(1)!.crash();
    network.run(3100);
    expect(countersOf(network, 2).time_since_token_last_received).toBeGreaterThan(1400);
  });

  it("suspect a firewall after 31 failed sends in a row, until one succeeds", () => {
    const network = ring([1]);
    const { totem, logs } = network.nodes.get(1)!;
    const suspicion = (): number => {
      network.run(1500);
      return totem.counters.firewall_enabled_or_nic_failure;
    };
    for (let i = 0; i < 30; i++) totem.multicastSent(false);
    expect(suspicion()).toBe(0);
    totem.multicastSent(false);
    expect(totem.counters.continuous_sendmsg_failures).toBe(31);
    expect(suspicion()).toBe(1);
    expect(logs.some((line) => line.includes("sendmsg failures is above threshold"))).toBe(true);
    totem.multicastSent(true);
    expect(suspicion()).toBe(0);
  });

  it("begin anew when cleared", () => {
    const network = ring([1, 2]);
    network.run(3000);
    network.nodes.get(1)!.totem.clearCounters();
    expect(Object.values(countersOf(network, 1)).every((value) => value === 0)).toBe(true);
  });
});
