import { Authkey, createEnvelope, fillSystemRandom } from "@corosync/crypto";
import { describe, expect, it, vi } from "vitest";
import {
  createMemoryNetwork,
  createRing,
  type JoinedRing,
  type RingTransport,
  type TotemSettings,
  udp,
  udpu,
} from "../src/index.ts";
import { cleanups, freePort, until } from "./socket-ring.ts";

const SETTINGS: TotemSettings = { tokenTimeoutMs: 300, consensusMs: 360, joinMs: 30, mergeMs: 50 };
const member = (nodeId: number, network = "10.0.0") => ({ nodeId, address: `${network}.${nodeId}` });

async function open(
  nodeId: number,
  listed: readonly number[],
  transport: RingTransport,
  network?: string,
): Promise<JoinedRing> {
  const members = listed.map((id) => member(id, network));
  const ring = await createRing({ nodeId, members, transport, settings: SETTINGS });
  cleanups.push(() => ring.close());
  return ring;
}

/** What a ring delivers, in order. */
function texts(ring: JoinedRing): string[] {
  const seen: string[] = [];
  ring.on("message", ({ data }) => seen.push(Buffer.from(data).toString()));
  return seen;
}

const text = (value: string): Uint8Array => Buffer.from(value);

describe("a ring of createRing changes while it runs", () => {
  it("takes nodes in and lets them go", async () => {
    const { transport } = createMemoryNetwork();
    const two = await Promise.all([1, 2].map((id) => open(id, [1, 2], transport)));
    await until(() => two.every((ring) => ring.members.length === 2), "a ring of two");
    const third = await open(3, [1, 2, 3], transport);
    expect(third.members).toEqual([3]);
    const list = [1, 2, 3].map((id) => member(id));
    await Promise.all(two.map((ring) => ring.setMemberList(list)));
    const all = [...two, third];
    await until(() => all.every((ring) => ring.members.length === 3), "a ring of three");
    const seen = all.map(texts);
    await third.multicast(text("hello"));
    await until(() => seen.every((lines) => lines.includes("hello")), "delivery");
    await Promise.all(two.map((ring) => ring.setMemberList(list.slice(0, 2))));
    await until(() => two.every((ring) => ring.members.length === 2), "a ring of two again");
    await until(() => third.members.length === 1, "a ring of one");
  });

  it("takes new settings from within a listener", async () => {
    const { transport } = createMemoryNetwork();
    const ring = await open(1, [1], transport);
    const seen = texts(ring);
    ring.on("message", () => ring.reconfigure({ ...SETTINGS, windowSizePackets: 10, maxMessagesPackets: 1 }));
    for (let i = 0; i < 50; i++) await ring.multicast(text(`${i}`.padEnd(1000)));
    await until(() => seen.length === 50, "delivery");
  });

  it("does not mind when the wall clock is set", async () => {
    const { transport } = createMemoryNetwork();
    const rings = await Promise.all([1, 2].map((id) => open(id, [1, 2], transport)));
    await until(() => rings.every((ring) => ring.members.length === 2), "a ring of two");
    const seen = rings.map(texts);
    const { sequence } = rings[0]!.ringId;
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      for (const year of [1980, 2080, 2026]) {
        vi.setSystemTime(new Date(year, 1));
        await rings[0]!.multicast(text(`${year}`));
        await until(() => seen.every((lines) => lines.at(-1) === `${year}`), "delivery");
      }
    } finally {
      vi.useRealTimers();
    }
    expect(rings[0]!.ringId.sequence).toBe(sequence);
  });

  it("refuses wrong changes and stays as it is", async () => {
    const { transport } = createMemoryNetwork();
    const ring = await open(1, [1], transport);
    expect(() => ring.reconfigure({ tokenTimeoutMs: 29 })).toThrow(
      "settings: tokenTimeoutMs is 29, which is no whole number from 30 to 4294967295",
    );
    expect(() => ring.reconfigure({ tokn: 1 } as TotemSettings)).toThrow(
      'settings: a ring has no setting "tokn"',
    );
    await expect(ring.setMemberList([member(2)])).rejects.toThrow("nodeId: 1 is not among the members");
    const twice = [member(1), { nodeId: 2, address: "10.0.0.1" }];
    await expect(ring.setMemberList(twice)).rejects.toThrow("nodes 1 and 2 both have the address 10.0.0.1");
    const many = Array.from({ length: 385 }, (_, i) => ({
      nodeId: i + 1,
      address: `10.1.${i >> 8}.${i & 255}`,
    }));
    await expect(ring.setMemberList(many)).rejects.toThrow("385 nodes, a ring has at most 384");
    const seen = texts(ring);
    await ring.multicast(text("still here"));
    await until(() => seen.length === 1, "delivery");
    await ring.leave();
    await expect(ring.setMemberList([member(1)])).rejects.toThrow("CS_ERR_BAD_HANDLE");
    expect(() => ring.reconfigure(SETTINGS)).toThrow("CS_ERR_BAD_HANDLE");
  });
});

describe("the transports of createRing", () => {
  const key = new Authkey(new Uint8Array(128).fill(7));
  const envelope = createEnvelope({ cipher: "aes256", hash: "sha256", key, fillRandom: fillSystemRandom });
  const group = "239.255.7.2";

  it.each([
    ["udpu", (port: number) => udpu({ port })],
    ["udpu, encrypted", (port: number) => udpu({ port, envelope })],
    ["udp", (port: number) => udp({ port, group })],
    ["udp with broadcast", (port: number) => udp({ port, group: "broadcast" })],
    ["udp, encrypted", (port: number) => udp({ port, group, ttl: 0, envelope })],
  ])("carry messages of all lengths, %s", async (_, transport) => {
    const network = `127.${20 + (process.pid % 200)}.${Math.floor(Math.random() * 250)}`;
    const port = await freePort(`${network}.1`);
    const rings = await Promise.all([1, 2].map((id) => open(id, [1, 2], transport(port), network)));
    await until(() => rings.every((ring) => ring.members.length === 2), "a ring of two");
    const seen = rings.map(texts);
    for (let i = 0; i < 6; i++)
      await Promise.all(
        rings.map((ring) => ring.multicast(text(`${ring.nodeId}:${i}`.padEnd(1 + i * 209_714)))),
      );
    await until(() => seen.every((lines) => lines.length === 12), "delivery");
    expect(seen[1]).toEqual(seen[0]);
    expect(Math.max(...seen[0]!.map((line) => line.length))).toBe(1_048_571);
  });

  it.each([
    ["a name", () => udpu({ port: 5405 }), ["localhost"], 'this node has no numeric address: "localhost"'],
    [
      "one address for two nodes",
      () => udpu({ port: 5405 }),
      ["127.0.0.1", "127.0.0.1"],
      "nodes 1 and 2 both have the address 127.0.0.1",
    ],
    [
      "one address in two spellings",
      () => udpu({ port: 5405 }),
      ["::1", "0:0:0:0:0:0:0:1"],
      "nodes 1 and 2 both have the address ::1",
    ],
    ["two families", () => udpu({ port: 5405 }), ["127.0.0.1", "::1"], 'node 2 has "::1", which is no IPv4'],
    [
      "a group of another family",
      () => udp({ port: 5405, group: "ff15::1" }),
      ["127.0.0.1"],
      "not of the family",
    ],
    ["broadcast with IPv6", () => udp({ port: 5405, group: "broadcast" }), ["::1"], "not of the family"],
  ] as const)("refuse %s", async (_, transport, addresses, complaint) => {
    const members = addresses.map((address, i) => ({ nodeId: i + 1, address }));
    const opening = createRing({ nodeId: 1, members, transport: transport() });
    await expect(opening).rejects.toThrow(RangeError);
    await expect(opening).rejects.toThrow(complaint);
  });

  it.each([
    ["port 0", () => udpu({ port: 0 }), "port 0 is not a whole number from 1 to 65535"],
    [
      "no room for the port below",
      () => udp({ port: 1, group }),
      "port 1 is not a whole number from 2 to 65535",
    ],
    [
      "a ttl of 256",
      () => udp({ port: 5405, group, ttl: 256 }),
      "ttl 256 is not a whole number from 0 to 255",
    ],
    [
      "an address that is no group",
      () => udp({ port: 5405, group: "192.0.2.1" }),
      "neither a multicast address",
    ],
  ])("refuse %s", (_, transport, complaint) => {
    expect(transport).toThrow(RangeError);
    expect(transport).toThrow(complaint);
  });
});

describe("the settings of createRing", () => {
  it.each<[TotemSettings, string]>([
    [{ tokenTimeoutMs: 100 }, "settings: tokenRetransmitMs is 23"],
    [{ tokenTimeoutMs: Number.NaN }, "settings: tokenTimeoutMs is NaN"],
    [{ netMtuBytes: 575 }, "settings: netMtuBytes is 575, which is no whole number from 576 to 65500"],
    [{ sequenceOrigin: -1 }, "settings: sequenceOrigin is -1"],
    [{ windowSizePackets: 0 }, "settings: windowSizePackets is 0"],
    [{ acceleratedWindowPackets: -1 }, "settings: acceleratedWindowPackets is -1"],
    [{ joinMs: 400, consensusMs: 300 }, "settings: consensusMs 300 is less than joinMs 400"],
    [
      { tokenTimeoutMs: 300, tokenRetransmitMs: 300 },
      "settings: tokenRetransmitMs 300 is not less than tokenTimeoutMs 300",
    ],
    [{ tokenTimeout: 5 } as TotemSettings, 'settings: a ring has no setting "tokenTimeout"'],
    [{ toString: 5 } as unknown as TotemSettings, 'settings: a ring has no setting "toString"'],
    [
      { blockUnlistedIps: 1 } as unknown as TotemSettings,
      "settings: blockUnlistedIps is 1, not true or false",
    ],
  ])("refuse %o", async (settings, complaint) => {
    const { transport } = createMemoryNetwork();
    const opening = createRing({ nodeId: 1, members: [member(1)], transport, settings });
    await expect(opening).rejects.toThrow(complaint);
  });
});
