import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { MemberDiscovery } from "./member-discovery.ts";
import type { Member } from "./transport/transport.ts";
import { HEADER_BYTES, PacketType, writeHeader } from "./wire/header.ts";

function packet(nodeId: number, type: number = PacketType.join): ByteSpan {
  const span = new ByteSpan(new Uint8Array(HEADER_BYTES + 4), 2);
  writeHeader(span.view, span.offset, type, 0, nodeId);
  return span;
}

function discovery(...known: Member[]) {
  const lists: (readonly Member[])[] = [];
  const self = { nodeId: 1, address: "192.0.2.1" };
  const found = new MemberDiscovery(1, [self, ...known], (members) => lists.push(members));
  return { found, lists, self };
}

describe("MemberDiscovery", () => {
  it("takes who sends a join for a member, once", () => {
    const { found, lists, self } = discovery();
    found.heard(packet(2), "192.0.2.2");
    found.heard(packet(2), "192.0.2.2");
    found.heard(packet(3), "192.0.2.3");
    const two = { nodeId: 2, address: "192.0.2.2" };
    expect(lists).toEqual([
      [self, two],
      [self, two, { nodeId: 3, address: "192.0.2.3" }],
    ]);
  });

  it("learns the real id of a member, and where a node has moved to", () => {
    const { found, lists, self } = discovery({ nodeId: 0xffff0000, address: "192.0.2.2" });
    found.heard(packet(20), "192.0.2.2");
    found.heard(packet(20), "192.0.2.9");
    expect(lists).toEqual([
      [self, { nodeId: 20, address: "192.0.2.2" }],
      [self, { nodeId: 20, address: "192.0.2.9" }],
    ]);
  });

  it("learns nothing from other packets, from itself, nor from who speaks from its own address", () => {
    const { found, lists } = discovery();
    // A message that another node sends again has its first sender's id.
    found.heard(packet(2, PacketType.mcast), "192.0.2.2");
    found.heard(packet(1), "192.0.2.2");
    found.heard(packet(0), "192.0.2.2");
    found.heard(packet(2), "192.0.2.1");
    found.heard(new ByteSpan(new Uint8Array(3)), "192.0.2.2");
    expect(lists).toEqual([]);
  });

  it("knows no more nodes than a ring can have", () => {
    const { found, lists } = discovery();
    for (let nodeId = 2; nodeId < 500; nodeId++)
      found.heard(packet(nodeId), `10.0.${nodeId >> 8}.${nodeId & 255}`);
    expect(lists.at(-1)).toHaveLength(384);
  });
});
