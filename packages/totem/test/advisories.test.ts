import { createSocket } from "node:dgram";
import { once } from "node:events";
import { ByteSpan } from "@corosync/codec";
import type { PacketEnvelope } from "@corosync/crypto";
import { describe, expect, it } from "vitest";
import type { RingId } from "../src/index.ts";
import { writeHeader } from "../src/wire/header.ts";
import { Encapsulated, Mcast } from "../src/wire/mcast.ts";
import { OrfToken, RTR_ENTRY_BYTES, writeInitialOrfToken } from "../src/wire/orf-token.ts";
import { writeRingId } from "../src/wire/ring-id-field.ts";
import { cleanups, envelope, openNodes, until } from "./socket-ring.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const ORF_TOKEN = 0;
const MCAST = 1;
const JOIN = 3;
const COMMIT_TOKEN = 4;

/**
 * A live ring of two on loopback, and a third member's address from which packets come: all of them must
 * be dropped, counted, and reported with that address, and the ring must go on as if nothing had been.
 */
async function attack(
  makePackets: (ringId: RingId) => readonly Uint8Array[],
  reason: RegExp,
  seal: () => PacketEnvelope | null = () => null,
): Promise<void> {
  const { nodes, port, network } = await openNodes(2, seal, { configured: 3 });
  await until(() => nodes.every(({ totem }) => totem.members.length === 2), "a ring of two");
  const [target, peer] = [nodes[0]!, nodes[1]!];
  const { ringId } = target.totem;
  const socket = createSocket("udp4");
  cleanups.push(() => void socket.close());
  socket.bind(0, `${network}.3`);
  await once(socket, "listening");

  const packets = makePackets(ringId);
  for (const packet of packets) socket.send(packet, port, `${network}.1`);
  await until(() => target.totem.counters.malformed_rx === packets.length, "all of them counted");
  const complaints = target.logs.filter((line) => line.includes(`(from ${network}.3`));
  expect(complaints[0]).toMatch(reason);

  target.send("from the target");
  peer.send("from its peer");
  await until(() => nodes.every(({ messages }) => messages.length === 2), "messages both ways");
  expect([...target.messages].sort()).toEqual(["from its peer", "from the target"]);
  expect(peer.messages).toEqual(target.messages);
  expect(nodes.map(({ totem }) => totem.ringId)).toEqual([ringId, ringId]);
  expect(target.totem.counters.malformed_rx).toBe(packets.length);
}

function packetOf(type: number, length: number): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(length);
  writeHeader(new DataView(packet.buffer), 0, type, 0, 3);
  return packet;
}

describe("the packets of published advisories", () => {
  it("CVE-2018-1084: packets shorter than what surrounds an encrypted one", async () => {
    // aes256 and sha256: header 4, salt 16, one block 16, digest 32. None but the last is long enough.
    const lengths = Array.from({ length: 4 + 16 + 16 + 32 }, (_, length) => length);
    const packets = lengths.map((length) => new Uint8Array(length).fill(0xfe));
    await attack(
      () => packets,
      /^warning Received message is too short/,
      () => envelope(1),
    );
  });

  it("CVE-2025-30472: a token with more requests than any token has, in either byte order", async () => {
    const token = (ringId: RingId, entries: number, present: number): Uint8Array => {
      const packet = packetOf(ORF_TOKEN, OrfToken.rtrListAt + present * RTR_ENTRY_BYTES);
      const view = new DataView(packet.buffer);
      writeInitialOrfToken(view, 0, 3, ringId, false);
      view.setUint32(OrfToken.tokenSeqAt, 1_000_000, true);
      view.setInt32(OrfToken.rtrEntriesAt, entries, true);
      return packet;
    };
    const swapped = (packet: Uint8Array): Uint8Array => {
      [packet[0], packet[1]] = [packet[1]!, packet[0]!];
      packet.subarray(OrfToken.rtrEntriesAt, OrfToken.rtrListAt).reverse();
      return packet;
    };
    await attack(
      (ringId) => [
        token(ringId, 31, 31),
        token(ringId, 1000, 1000),
        token(ringId, 0x7fffffff, 100),
        token(ringId, -1, 0),
        token(ringId, 30, 29),
        swapped(token(ringId, 1000, 1000)),
      ],
      /^warning orf_token\.rtr_list_entries: 31 /,
    );
  });

  it("CVE-2026-35091: commit tokens that end before their fixed part does", async () => {
    const lengths = Array.from({ length: 41 - 13 }, (_, i) => 13 + i);
    await attack(
      (ringId) =>
        lengths.map((length) => {
          const whole = packetOf(COMMIT_TOKEN, 41);
          const view = new DataView(whole.buffer);
          writeRingId(view, 17, { ...ringId, sequence: ringId.sequence + 4 });
          view.setInt32(37, 3, true);
          return whole.subarray(0, length);
        }),
      /^warning memb_commit_token\.length: 13 bytes, at least 41 needed/,
    );
  });

  it("CVE-2026-35092: joins whose counts add up to little when the sum wraps", async () => {
    const pairs = [
      [0x80000000, 0x80000000],
      [0xffffffff, 1],
      [0xffffffff, 0xffffffff],
      [0x40000000, 0xc0000000],
      [384, 0xfffffe80],
      // No wrap in the sum, but in four times it.
      [0x20000000, 0x20000000],
    ] as const;
    await attack(
      () =>
        pairs.map(([processors, failed]) => {
          const packet = packetOf(JOIN, 33);
          const view = new DataView(packet.buffer);
          view.setUint32(13, 3, true);
          view.setUint32(17, processors, true);
          view.setUint32(21, failed, true);
          return packet;
        }),
      /^warning memb_join\.proc_list_entries: 2147483648 /,
    );
  });

  /**
   * Two nodes of one ring, of which the second has a message that the first missed. In RECOVERY it sends
   * it encapsulated, with something else inside than it should be.
   */
  function recoverWith(change: (inner: Uint8Array) => Uint8Array) {
    const network = new VirtualNetwork();
    const [node, peer] = [1, 2].map((id) => network.add(id, [1, 2]));
    if (!node || !peer) throw new Error("two nodes were added");
    for (const each of [node, peer]) each.start();
    network.runUntil(() => network.isRing([1, 2]));
    let lost: readonly number[] = [MCAST];
    network.filter = ({ from, to, bytes }) => {
      if (lost.includes(bytes[3]!)) return false;
      if (from !== 2 || to !== 1 || bytes[3] !== MCAST || bytes[4] !== Encapsulated.recovery) return true;
      const changed = Buffer.concat([bytes.slice(0, Mcast.payloadAt), change(bytes.slice(Mcast.payloadAt))]);
      network.schedule(network.nowMs + 0.1, () => node.totem.receive(new ByteSpan(changed), "10.0.0.2"));
      return false;
    };
    peer.send("missed");
    network.runUntil(() => peer.totem.counters.mcast_tx === 1);
    lost = [MCAST, ORF_TOKEN];
    network.runUntil(() => node.totem.state === "gather");
    lost = [];
    network.runUntil(() => network.isRing([1, 2]), 60_000, "a ring of two");
    node.send("from the target");
    peer.send("from its peer");
    network.run(2000);
    expect([...node.messages].sort()).toEqual(["from its peer", "from the target"]);
    expect(peer.messages[0]).toBe("missed");
    expect(peer.messages.slice(1)).toEqual(node.messages);
    return node;
  }

  it("recovered messages whose inner packet is shorter than its header", () => {
    for (const length of [0, 1, 12, 13, 44]) {
      const node = recoverWith((inner) => inner.subarray(0, length));
      expect(node.malformed).toEqual([
        `10.0.0.2: mcast.encapsulated: ${length} bytes inside, at least 45 needed`,
      ]);
      expect(node.totem.counters.malformed_rx).toBe(1);
    }
  });

  it("recovered messages whose inner lengths say more than is there", () => {
    const node = recoverWith((inner) => {
      new DataView(inner.buffer).setUint16(Mcast.payloadAt + 8, 60_000, true);
      return inner;
    });
    // Found when it is delivered, which may be long after it came and from whom: the sender is named.
    expect(node.malformed).toEqual([
      expect.stringMatching(/^node 2: totempg\.msg_len: lengths add up to 60010, the packet has \d+ bytes$/),
    ]);
    expect(node.totem.counters.malformed_rx).toBe(1);
  });
});
