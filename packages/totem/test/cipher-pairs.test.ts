import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import {
  Authkey,
  CIPHER_NAMES,
  createEnvelope,
  fillSystemRandom,
  HASH_NAMES,
  type PacketEnvelope,
} from "@corosync/crypto";
import { expect, it } from "vitest";
import { cleanups, type Node, openNodes, until } from "./socket-ring.ts";

const TOKEN_MS = 200;
/** Bits that are turned, one in each copy: the first, the last, and some between. */
const TURNED = 9;
const pairs = CIPHER_NAMES.filter((cipher) => cipher !== "none").flatMap((cipher) =>
  HASH_NAMES.filter((hash) => hash !== "none").map((hash) => ({ cipher, hash })),
);

function sealedBy({ cipher, hash }: (typeof pairs)[number]): PacketEnvelope {
  const key = new Authkey(new Uint8Array(128).fill(7));
  return createEnvelope({ cipher, hash, key, fillRandom: fillSystemRandom })!;
}

/** A copy with one bit turned. */
function altered(packet: Buffer, bit: number): Buffer {
  const copy = Buffer.from(packet);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** A member's address that runs no node: it hears what the nodes send to all members. */
async function listener(address: string, port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  cleanups.push(() => void socket.close());
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}

it("knows twenty pairs of cipher and hash", () => {
  expect(pairs).toHaveLength(20);
});

it.each(pairs)("$cipher with $hash: forms a ring, and refuses a packet with one bit turned", async (pair) => {
  const { nodes, port, network } = await openNodes(2, () => sealedBy(pair), {
    configured: 3,
    settings: () => ({ tokenTimeoutMs: TOKEN_MS }),
  });
  const [one, two] = nodes as [Node, Node];
  await until(() => nodes.every(({ totem }) => totem.members.length === 2), "a ring of two");
  one.send("before");
  await until(() => nodes.every(({ messages }) => messages.length === 1), "delivery");

  const socket = await listener(`${network}.3`, port);
  const [packet] = (await once(socket, "message")) as [Buffer];
  const refusedBefore = one.totem.counters.malformed_rx;
  // As it is it passes, from wherever it comes.
  socket.send(packet, port, `${network}.1`);
  for (let n = 0; n < TURNED; n++) {
    const bit = Math.floor((n * (packet.length * 8 - 1)) / (TURNED - 1));
    socket.send(altered(packet, bit), port, `${network}.1`);
  }
  await until(() => one.totem.counters.malformed_rx >= refusedBefore + TURNED, "refusals");
  // What follows comes through the same socket: nothing is left in it that would count.
  two.send("after");
  await until(() => nodes.every(({ messages }) => messages.length === 2), "delivery");
  expect(one.totem.counters.malformed_rx).toBe(refusedBefore + TURNED);
  expect(one.logs.find((line) => line.includes(`${network}.3`))).toBeDefined();
  expect(nodes.map(({ totem, messages }) => [totem.members, messages])).toEqual([
    [
      [1, 2],
      ["before", "after"],
    ],
    [
      [1, 2],
      ["before", "after"],
    ],
  ]);
});
