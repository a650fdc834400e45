import { expect, it } from "vitest";
import { ConnectedSocket } from "./connected-socket.ts";
import { boundSocket } from "./dgram-socket.ts";
import { localEnd } from "./local-end.ts";
import { PeerSockets } from "./peer-sockets.ts";
import type { Member } from "./transport.ts";

const member = (nodeId: number, host = nodeId): Member => ({ nodeId, address: `127.0.0.${host}` });

function peerSockets() {
  const opened: ConnectedSocket[] = [];
  const refused = new Set<string>();
  const peers = new PeerSockets(1, async (address) => {
    if (refused.has(address)) throw new Error(`no socket to ${address}`);
    const socket = await boundSocket(localEnd("127.0.0.1"), "127.0.0.1", 0);
    const connected = await ConnectedSocket.open(socket, address, 5405);
    opened.push(connected);
    return connected;
  });
  const destinations = (): string[] =>
    peers.sockets.map(({ socket }) => socket.remoteAddress().address).sort();
  const stillOpen = (): number => opened.filter(({ socket }) => isOpen(socket)).length;
  return { peers, refused, opened, destinations, stillOpen };
}

function isOpen(socket: ConnectedSocket["socket"]): boolean {
  try {
    socket.address();
    return true;
  } catch {
    return false;
  }
}

it("has one socket to each other member, and keeps those of members that stay (spec totem 15.3)", async () => {
  const { peers, opened, destinations, stillOpen } = peerSockets();
  await peers.setMemberList([member(1), member(2), member(3)]);
  const toThree = peers.get(3);
  await peers.setMemberList([member(1), member(3), member(4)]);
  expect(destinations()).toEqual(["127.0.0.3", "127.0.0.4"]);
  expect([peers.get(1), peers.get(2), peers.get(3)]).toEqual([undefined, undefined, toThree]);
  await peers.setMemberList([member(1), member(3, 33), member(4)]);
  expect(destinations()).toEqual(["127.0.0.33", "127.0.0.4"]);
  expect([opened.length, stillOpen()]).toEqual([4, 2]);
  await peers.close();
  expect(stillOpen()).toBe(0);
});

it("closes what it opened for a member that was removed meanwhile", async () => {
  const { peers, destinations, stillOpen } = peerSockets();
  const changes = [[2, 3, 4], [], [4], [3, 2]].map((ids) =>
    peers.setMemberList([1, ...ids].map((id) => member(id))),
  );
  await Promise.all(changes);
  expect(destinations()).toEqual(["127.0.0.2", "127.0.0.3"]);
  expect(stillOpen()).toBe(2);
  const last = peers.setMemberList([member(1), member(5)]);
  await Promise.all([last, peers.close()]);
  expect(stillOpen()).toBe(0);
});

it("goes on after a socket could not be had, and blocks members that come later too", async () => {
  const { peers, refused, destinations } = peerSockets();
  refused.add("127.0.0.2");
  peers.block([3]);
  await expect(peers.setMemberList([member(1), member(2)])).rejects.toThrow("no socket to 127.0.0.2");
  refused.clear();
  await peers.setMemberList([member(1), member(2), member(3)]);
  expect(destinations()).toEqual(["127.0.0.2", "127.0.0.3"]);
  expect([peers.get(2)!.blocked, peers.get(3)!.blocked]).toEqual([false, true]);
  await peers.close();
});
