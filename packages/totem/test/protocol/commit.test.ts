import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { decodeCommitToken } from "../../src/wire/commit-token.ts";
import { PacketType } from "../../src/wire/header.ts";
import { commitToken, join, mcast } from "./scripted-packets.ts";
import { ringIn, type ScriptedRing } from "./scripted-ring.ts";

const lastCommitToken = (ring: ScriptedRing) =>
  decodeCommitToken(new ByteSpan(ring.ofType(PacketType.commitToken).at(-1)!.bytes));

const OLD_RING = { representative: 1, sequence: 5 };

describe("the creation of a commit token (spec totem 7.1)", () => {
  it("by the lowest id: members ascending, the highest sequence heard of plus four, nothing filled yet", () => {
    const ring = ringIn("gather", { nodeId: 2 });
    ring
      .receive(join(9, [9, 5], [], 77))
      .receive(join(5, [2, 9, 5], [], 1))
      .receive(join(9, [2, 9, 5], [], 1));
    const token = lastCommitToken(ring);
    expect(token.ringId).toEqual({ representative: 2, sequence: 81 });
    expect(token.members).toEqual([2, 5, 9]);
    expect(token.memberIndex).toBe(1);
    expect(token.tokenSeq).toBe(1);
    const none = { ringId: { representative: 0, sequence: 0 }, aru: 0, highDelivered: 0, received: false };
    expect(token.entries.slice(1)).toEqual([none, none]);
  });
});

describe("entering COMMIT (spec totem 7.2)", () => {
  it("fills in the old ring, what has arrived of it without a hole, and what was delivered", () => {
    const ring = ringIn("operational");
    for (const seq of [1, 2, 4]) ring.receive(mcast(2, OLD_RING, seq, "x"));
    ring.agree([1, 2, 3]);
    expect(lastCommitToken(ring).entries[0]).toEqual({
      ringId: OLD_RING,
      aru: 2,
      highDelivered: 2,
      received: false,
    });
  });

  it("takes the received flag of members of the same old ring that have less than the best", () => {
    const ring = ringIn("operational", { nodeId: 2 });
    for (const seq of [1, 2]) ring.receive(mcast(3, OLD_RING, seq, "x"));
    ring.agree([1, 2, 3]).commit(() => ({ ringId: OLD_RING, aru: 1, received: true }));
    expect(lastCommitToken(ring).entries.map(({ received }) => received)).toEqual([false, true, false]);
    const behind = ringIn("operational", { nodeId: 2 }).receive(mcast(3, OLD_RING, 1, "x"));
    behind.agree([1, 2, 3]).commit(() => ({ ringId: OLD_RING, aru: 4, received: true }));
    expect(lastCommitToken(behind).entries.map(({ received }) => received)).toEqual([true, false, false]);
  });

  it("leaves the entries of other old rings alone", () => {
    const ring = ringIn("operational", { nodeId: 2 }).receive(mcast(3, OLD_RING, 1, "x"));
    const other = { representative: 9, sequence: 5 };
    ring.agree([1, 2, 3]).commit(() => ({ ringId: other, aru: 0, received: true }));
    expect(lastCommitToken(ring).entries.map(({ received }) => received)).toEqual([true, true, false]);
  });

  it("keeps the first snapshot of the old ring through failed attempts", () => {
    const ring = ringIn("operational");
    ring.agree([1, 2, 3]).pass(3650);
    expect(ring.gatherReasons.at(-1)).toBe(4);
    ring.agree([1, 2, 3]);
    expect(lastCommitToken(ring).ringId.sequence).toBe(13);
    expect(lastCommitToken(ring).entries[0]!.ringId).toEqual(OLD_RING);
  });

  it("sends the token to the next member, the last one's next being the first", () => {
    expect(ringIn("gather", { nodeId: 3 }).agree([1, 2, 3]).commit().sent.at(-1)!.to).toBe(1);
    expect(ringIn("gather").agree([1, 2, 3]).sent.at(-1)!.to).toBe(2);
  });

  it("sends it on with token_seq plus one and the own node id", () => {
    const ring = ringIn("gather", { nodeId: 2 }).agree([1, 2, 3]).commit();
    const { bytes } = ring.sent.at(-1)!;
    expect(lastCommitToken(ring).tokenSeq).toBe(2);
    expect(new DataView(bytes.buffer).getUint32(5, true)).toBe(2);
  });

  it("stores the sequence of the new ring", () => {
    expect(ringIn("gather").agree([1, 2, 3]).trace).toContain("persist 5");
  });
});

describe("a received commit token (spec totem 7.3)", () => {
  it("goes round twice, and its third arrival at the representative starts the ring", () => {
    const ring = ringIn("gather").agree([1, 2, 3]);
    expect(ring.ring.state).toBe("commit");
    ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 3));
    expect(ring.ring.state).toBe("recovery");
    expect(lastCommitToken(ring).tokenSeq).toBe(4);
    expect(ring.tokens).toEqual([]);
    ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 6));
    expect(ring.tokens).toHaveLength(1);
  });
});
