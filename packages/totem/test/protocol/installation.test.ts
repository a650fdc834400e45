import { describe, expect, it } from "vitest";
import { join, mcast } from "./scripted-packets.ts";
import { ringIn, type ScriptedRing } from "./scripted-ring.ts";

const OLD_RING = { representative: 1, sequence: 5 };

/** A ring of 1, 2 and 3, as node 2, that loses node 1 and installs the ring of the rest. */
function installedAfter(prepare: (ring: ScriptedRing) => void): ScriptedRing {
  const ring = ringIn("operational", { nodeId: 2 });
  prepare(ring);
  const entry = () => ({ ringId: OLD_RING, received: false });
  ring.agree([1, 2, 3], [1]).commit(entry).recover(entry).forget();
  for (let i = 0; i < 8 && ring.ring.state === "recovery"; i++) ring.token();
  expect(ring.ring.state).toBe("operational");
  return ring;
}

describe("entering OPERATIONAL (spec totem 9)", () => {
  it("delivers up to the first hole, reports the transitional change, delivers the rest, reports the regular one", () => {
    const ring = installedAfter((r) => {
      for (const [seq, from] of [
        [1, 1],
        [3, 3],
        [4, 1],
        [6, 2],
      ] as const) {
        r.receive(mcast(from, OLD_RING, seq, `m${seq}`));
      }
    });
    // m1 came at once; m4 is of a node that did not come along.
    expect(ring.trace.filter((line) => /deliver|transitional|regular/.test(line))).toEqual([
      "transitional 2,3",
      "deliver m3 from 3",
      "deliver m6 from 2",
      "regular 2,3",
    ]);
  });

  it("does so within the visit, after its multicasts and before the token goes on", () => {
    const ring = ringIn("recovery").token().token().token().forget().token();
    expect(ring.trace).toEqual(["transitional ", "regular 1,2,3", "orf_token"]);
  });

  it("names the new ring in both changes; who left in the first, who joined in the second", () => {
    const ring = installedAfter(() => {});
    expect(ring.changes).toEqual([
      {
        kind: "transitional",
        members: [2, 3],
        left: [1],
        joined: [],
        ringId: { representative: 2, sequence: 9 },
      },
      { kind: "regular", members: [2, 3], left: [], joined: [], ringId: { representative: 2, sequence: 9 } },
    ]);
  });

  it("has no transitional members and itself joined the first time after the start", () => {
    const ring = ringIn("recovery").install();
    expect(ring.changes.map(({ members, joined }) => [members, joined])).toEqual([
      [[], []],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    ]);
  });

  it("lets packets wait for the synchronization from the transitional change on", () => {
    const ring = ringIn("operational");
    ring.ring.acknowledgeTransition();
    expect(ring.ring.waitingTransAck).toBe(false);
    ring.agree([1, 2, 3]).recover().install();
    expect(ring.ring.waitingTransAck).toBe(true);
  });

  it("counts recovered packets as delivered: the new ring's first message follows them", () => {
    const ring = installedAfter((r) => r.receive(mcast(3, OLD_RING, 2, "behind a hole")));
    ring.forget().receive(mcast(3, ring.ring.ringId, 2, "first of the new ring"));
    expect(ring.trace).toEqual(["deliver first of the new ring from 3"]);
  });

  it("starts the next membership from the members alone", () => {
    const ring = installedAfter(() => {}).forget();
    expect(ring.ring.processors).toEqual([2, 3]);
    ring.ring.forceGather(ring.nowMs);
    expect(Buffer.from(ring.sent[0]!.bytes)).toEqual(Buffer.from(join(2, [2, 3], [], 9)));
  });

  it("tells the log which nodes left, and of which no leave message was heard", () => {
    const crashed = installedAfter(() => {});
    expect(crashed.logs).toContain("notice A new membership (2.9) was formed. Members left: 1");
    expect(crashed.logs).toContain("notice Failed to receive the leave message. failed: 1");
    const left = installedAfter((r) => r.receive(join(1, [2, 3], [1], 5, true)));
    expect(left.logs.some((line) => line.includes("Failed to receive the leave message"))).toBe(false);
  });
});
