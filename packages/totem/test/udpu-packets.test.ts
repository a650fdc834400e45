import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { PacketType, TYPE_AT } from "../src/wire/header.ts";
import { cleanups, envelope, MULTICAST, openNodes, until } from "./socket-ring.ts";

/** A bare socket on the address of a configured node that does not run; `types` of what it gets. */
async function silentMember(address: string, port: number) {
  const types: number[] = [];
  const socket = createSocket("udp4");
  cleanups.push(() => void socket.close());
  socket.on("message", (bytes) => types.push(bytes[TYPE_AT]!));
  socket.bind(port, address);
  await once(socket, "listening");
  return { socket, types };
}

const count = (types: readonly number[], type: number): number =>
  types.filter((each) => each === type).length;

describe("packets on udpu", () => {
  it("go to every configured member, in the ring or not (spec totem 15.4)", async () => {
    const { nodes, port, network } = await openNodes(1, () => null, { configured: 2 });
    const { types } = await silentMember(`${network}.2`, port);
    await until(() => nodes[0]!.totem.state === "operational", "a ring of one");
    nodes[0]!.send("heard by all");
    await until(() => count(types, PacketType.mcast) === 1, "the mcast");
    expect(nodes[0]!.totem.members).toEqual([1]);
  });

  it("go to each member once, also after its address came, went and came again (spec totem Q1)", async () => {
    const { nodes, members, port, network } = await openNodes(1, () => null, { configured: 2 });
    const { types } = await silentMember(`${network}.2`, port);
    const { totem } = nodes[0]!;
    await until(() => totem.state === "operational", "a ring of one");
    for (let i = 0; i < 3; i++) {
      await totem.setMemberList(members.slice(0, 1));
      await totem.setMemberList(members);
    }
    const before = count(types, PacketType.mcast);
    nodes[0]!.send("once");
    nodes[0]!.send("and for all");
    await until(() => count(types, PacketType.mcast) > before, "the mcast");
    // A second copy would have left with the first, ahead of the next merge detect.
    const merges = count(types, PacketType.mergeDetect);
    await until(() => count(types, PacketType.mergeDetect) > merges, "a merge detect");
    expect(count(types, PacketType.mcast) - before).toBe(1);
  });

  it("of the greatest length that UDP has come whole, and are judged by what is in them (spec totem 15.6)", async () => {
    const { nodes, port, network } = await openNodes(1, () => null, { configured: 2 });
    const { socket } = await silentMember(`${network}.2`, port);
    const { totem, logs } = nodes[0]!;
    socket.send(Buffer.alloc(65_507, 7), port, `${network}.1`);
    await until(() => totem.counters.malformed_rx === 1, "the packet counted");
    expect(logs.filter((line) => line.includes(`${network}.2`)).join()).toContain("bad magic number");
  });
});

describe("packets on udp", () => {
  it("may come from anybody unless they are encrypted, which the log says (spec totem Q17)", async () => {
    const { nodes } = await openNodes(1, () => null, { transport: MULTICAST });
    const warnings = nodes[0]!.logs.filter((line) => line.startsWith("warning"));
    expect(warnings).toEqual([
      "warning Without encryption any host that sends to 239.255.7.1 can disturb the ring: keep the group and its port to this cluster.",
    ]);
  });

  it("are not warned of when they are encrypted, nor on udpu (spec totem Q17)", async () => {
    for (const { transport, sealed } of [
      { transport: MULTICAST, sealed: true },
      { transport: "udpu", sealed: false },
    ] as const) {
      const { nodes } = await openNodes(1, () => (sealed ? envelope(1) : null), { transport });
      expect(nodes[0]!.logs.filter((line) => line.startsWith("warning"))).toEqual([]);
    }
  });
});
