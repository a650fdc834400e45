import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openTotem, totemConfig } from "../src/index.ts";
import { cleanups, envelope, freePort, MULTICAST, openNodes, until } from "./socket-ring.ts";

describe("openTotem", () => {
  it.each([
    ["udpu", "udpu"],
    ["udp", MULTICAST],
  ] as const)(
    "takes netmtu from 576 to 65500, and packets of peers with another, %s",
    async (_, transport) => {
      const sizes = [576, 65_500, 1500];
      const settings = (i: number) => ({ netMtuBytes: sizes[i]! });
      const { nodes } = await openNodes(3, () => null, { transport, settings });
      await until(() => nodes.every(({ totem }) => totem.members.length === 3), "a ring of three");
      for (let i = 0; i < 20; i++)
        for (const [n, node] of nodes.entries()) node.send(`${n}:${i}:${"z".repeat(i * 10_000)}`);
      await until(() => nodes.every(({ messages }) => messages.length === 60), "delivery");
      expect(nodes[1]!.messages).toEqual(nodes[0]!.messages);
      expect(nodes[2]!.messages).toEqual(nodes[0]!.messages);
      expect(nodes.map(({ totem }) => totem.counters.malformed_rx)).toEqual([0, 0, 0]);
    },
  );

  for (const [name, sealed, transport] of [
    ["udpu, bare", false, "udpu"],
    ["udpu, encrypted", true, "udpu"],
    ["udp, bare", false, MULTICAST],
    ["udp, encrypted", true, MULTICAST],
  ] as const) {
    it(`forms a ring on loopback and keeps one order, ${name}`, async () => {
      const { nodes } = await openNodes(3, () => (sealed ? envelope(1) : null), { transport });
      await until(() => nodes.every(({ totem }) => totem.members.length === 3), "a ring of three");
      for (let i = 0; i < 200; i++)
        for (const [n, node] of nodes.entries()) node.send(`${n}:${i}:${"z".repeat(i * 20)}`);
      await until(() => nodes.every(({ messages }) => messages.length === 600), "delivery");
      expect(nodes[1]!.messages).toEqual(nodes[0]!.messages);
      expect(nodes[2]!.messages).toEqual(nodes[0]!.messages);
      await nodes[2]!.totem.leave();
      await until(() => nodes[0]!.totem.members.length === 2, "a ring of two", 900);
    });
  }

  it("keeps nodes with different keys apart, and both say why", async () => {
    const { nodes, network } = await openNodes(2, (i) => envelope(i));
    await until(() => nodes.every(({ totem }) => totem.state === "operational"), "two rings");
    await until(
      () => nodes.every(({ logs }) => logs.some((line) => line.includes("invalid digest"))),
      "complaints on both sides",
    );
    expect(nodes.map(({ totem }) => totem.members)).toEqual([[1], [2]]);
    expect(nodes[0]!.logs.find((line) => line.includes("invalid digest"))).toContain(`${network}.2`);
    for (const { totem } of nodes) expect(totem.counters.malformed_rx).toBeGreaterThan(0);
  });

  it("drops garbage, complains at most once a second, and goes on", async () => {
    const { nodes, port, network } = await openNodes(1, () => null, { configured: 2 });
    await until(() => nodes[0]!.totem.state === "operational", "a ring of one");
    const socket = createSocket("udp4");
    cleanups.push(() => void socket.close());
    socket.bind(0, `${network}.2`);
    await once(socket, "listening");
    for (let i = 0; i < 50; i++) socket.send(Buffer.alloc(i, i), port, `${network}.1`);
    await until(() => nodes[0]!.totem.counters.malformed_rx >= 49, "garbage counted");
    const warnings = nodes[0]!.logs.filter((line) => line.startsWith("warning"));
    const complaints = warnings.filter((line) => line.includes(`${network}.2`));
    expect(complaints.length).toBe(1);
    nodes[0]!.send("alive");
    await until(() => nodes[0]!.messages.length === 1, "delivery");
  });

  it("does not listen to addresses that are no members", async () => {
    const { nodes, port, network } = await openNodes(1, () => null);
    const socket = createSocket("udp4");
    cleanups.push(() => void socket.close());
    socket.bind(0, `${network}.77`);
    await once(socket, "listening");
    socket.send(Buffer.alloc(60, 1), port, `${network}.1`);
    await until(() => nodes[0]!.totem.state === "operational", "a ring of one");
    await sleep(50);
    expect(nodes[0]!.totem.counters.malformed_rx).toBe(0);
  });

  it.each([
    ["udpu", "udpu"],
    ["udp", MULTICAST],
  ] as const)("splits when peers are blocked, and merges when they are not, %s", async (_, transport) => {
    const { nodes } = await openNodes(2, () => null, { transport });
    await until(() => nodes.every(({ totem }) => totem.members.length === 2), "a ring of two");
    nodes[0]!.totem.transport.block([2]);
    nodes[1]!.totem.transport.block([1]);
    await until(() => nodes.every(({ totem }) => totem.members.length === 1), "two rings");
    for (const { totem } of nodes) totem.transport.block([]);
    await until(() => nodes.every(({ totem }) => totem.members.length === 2), "one ring again");
  });

  it("hears any host of a multicast group, as C does (spec totem 15.1)", async () => {
    const { nodes, port, network } = await openNodes(1, () => null, { transport: MULTICAST });
    await until(() => nodes[0]!.totem.state === "operational", "a ring of one");
    const socket = createSocket("udp4");
    cleanups.push(() => void socket.close());
    socket.bind(0, `${network}.77`);
    await once(socket, "listening");
    socket.setMulticastInterface(`${network}.77`);
    socket.send(Buffer.alloc(60, 1), port, MULTICAST.address);
    await until(() => nodes[0]!.totem.counters.malformed_rx === 1, "garbage counted");
    expect(nodes[0]!.logs.filter((line) => line.includes(`${network}.77`)).length).toBe(1);
  });

  it("is a ring of one on an address of IPv6, encrypted", async () => {
    const directory = mkdtempSync(join(tmpdir(), "totem-"));
    cleanups.push(() => rmSync(directory, { recursive: true }));
    const totem = await openTotem({
      config: totemConfig(1),
      nodeId: 7,
      members: [{ nodeId: 7, address: "::1" }],
      bindAddress: "::1",
      port: await freePort("::1"),
      ringIdDirectory: directory,
      envelope: envelope(1),
      log: () => {},
      onFatal: () => {},
    });
    cleanups.push(() => totem.close());
    totem.start();
    await until(() => totem.state === "operational", "a ring of one");
    expect(totem.members).toEqual([7]);
  });

  it("says that the port is in use, and leaves nothing open", async () => {
    const { nodes, members, port, directory } = await openNodes(1, () => null);
    const second = {
      config: totemConfig(1),
      nodeId: 1,
      members,
      bindAddress: members[0]!.address,
      port,
      ringIdDirectory: directory,
      envelope: null,
      log: () => {},
      onFatal: () => {},
    };
    await expect(openTotem(second)).rejects.toThrow(/EADDRINUSE/);
    await nodes[0]!.totem.close();
    const again = await openTotem(second);
    await again.close();
  });

  it("counts multicasts that the system refuses, and says what that means (spec totem 15.2)", async () => {
    // Without leave to broadcast a socket may not send there.
    const strangers = [{ nodeId: 9, address: "255.255.255.255" }];
    const settings = () => ({ tokenTimeoutMs: 300 });
    const { nodes, members, network } = await openNodes(1, () => null, { strangers, settings });
    const { totem, logs } = nodes[0]!;
    await until(() => totem.counters.continuous_sendmsg_failures > 30, "30 failures");
    await until(() => totem.counters.firewall_enabled_or_nic_failure === 1, "the judgement");
    expect(logs.filter((line) => line.startsWith("warning")).at(-1)).toContain(
      "number of multicast sendmsg failures is above threshold",
    );
    await totem.setMemberList([...members, { nodeId: 9, address: `${network}.9` }]);
    await until(() => totem.counters.continuous_sendmsg_failures === 0, "a success");
    await until(() => totem.counters.firewall_enabled_or_nic_failure === 0, "another judgement");
  }, 20_000);

  it("starts although there is no way to a member", async () => {
    const { nodes } = await openNodes(1, () => null, { strangers: [{ nodeId: 9, address: "192.0.2.9" }] });
    await until(() => nodes[0]!.totem.state === "operational", "a ring of one");
    expect(nodes[0]!.logs.filter((line) => line.includes("interface is down")).length).toBe(1);
  });

  it.each([
    ["udpu", "udpu"],
    ["udp", MULTICAST],
  ] as const)("says which address it can not have, %s", async (_, transport) => {
    await expect(
      openTotem({
        transport,
        config: totemConfig(1),
        nodeId: 1,
        members: [{ nodeId: 1, address: "192.0.2.1" }],
        bindAddress: "192.0.2.1",
        port: 5405,
        ringIdDirectory: tmpdir(),
        envelope: null,
        log: () => {},
        onFatal: () => {},
      }),
    ).rejects.toThrow(/EADDRNOTAVAIL.*192\.0\.2\.1/);
  });
});
