import { describe, expect, it } from "vitest";
import { commitToken, join, mcast, mcastSeq, readToken } from "./scripted-packets.ts";
import { ringIn, ScriptedRing, type ScriptedRingOptions } from "./scripted-ring.ts";

const OLD_RING = { representative: 1, sequence: 5 };

/**
 * Node 2 after node 1 died: has `here` of the old ring, while node 3 has everything up to `aruOf3`.
 * It comes up to RECOVERY as the representative of a ring of 2 and 3.
 */
function recovering(
  here: readonly number[],
  aruOf3: number,
  options: ScriptedRingOptions = {},
): ScriptedRing {
  const ring = ringIn("operational", { nodeId: 2, ...options });
  for (const seq of here) ring.receive(mcast(3, OLD_RING, seq, `m${seq}`));
  const firstHole = [...here, 0].findIndex((seq, i) => seq !== i + 1);
  const entry = (id: number) => ({ ringId: OLD_RING, aru: id === 3 ? aruOf3 : firstHole, received: false });
  return ring.agree([1, 2, 3], [1]).commit(entry).recover(entry);
}

const inner = (bytes: Uint8Array): number => mcastSeq(bytes.subarray(45));

describe("entering RECOVERY (spec totem 8.1)", () => {
  it("forwards the commit token before anything else", () => {
    const ring = ringIn("commit", { nodeId: 2 });
    ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 4));
    expect(ring.trace).toEqual(["commit_token"]);
  });

  it("counts as transitional who was in the old ring and says it comes from there", () => {
    const ring = ringIn("operational");
    const cameAlong = (id: number) => ({ ringId: id === 3 ? { representative: 3, sequence: 9 } : OLD_RING });
    ring.agree([1, 2, 3]).commit(cameAlong).recover(cameAlong).install();
    expect(ring.changes.map(({ kind, members, left, joined }) => ({ kind, members, left, joined }))).toEqual([
      { kind: "transitional", members: [1, 2], left: [3], joined: [] },
      { kind: "regular", members: [1, 2, 3], left: [], joined: [3] },
    ]);
  });

  it("has nothing to originate when all have received everything", () => {
    const ring = ringIn("operational").receive(mcast(2, OLD_RING, 1, "m1"));
    const entry = () => ({ ringId: OLD_RING, aru: 1, received: true });
    ring.agree([1, 2, 3]).commit(entry).recover(entry).forget().install();
    expect(ring.mcasts).toEqual([]);
    expect(ring.ring.state).toBe("operational");
  });

  it("sends what it has from the lowest aru on, as it was received, in a header of its own", () => {
    const ring = recovering([1, 2, 3, 5], 2).forget().token();
    expect(ring.mcasts.map(inner)).toEqual([3, 5]);
    expect(ring.mcasts.map(mcastSeq)).toEqual([1, 2]);
    const [first] = ring.mcasts;
    expect(Buffer.from(first!.subarray(45))).toEqual(Buffer.from(mcast(3, OLD_RING, 3, "m3")));
    expect(first![4]).toBe(1);
    expect(new DataView(first!.buffer).getUint32(13, true)).toBe(2);
  });
});

describe("the size of packets (spec totem 2.9)", () => {
  it("is 1455 bytes of a full mcast with the default netmtu, and 1500 of one that carries it in recovery", () => {
    const ring = ringIn("operational", { nodeId: 2 });
    expect(ring.ring.netMtuBytes).toBe(1410);
    ring.waiting.push("x".repeat(1410));
    ring.token();
    expect(ring.mcasts.map(({ length }) => length)).toEqual([1455]);
    const entry = () => ({ ringId: OLD_RING, received: false });
    ring.agree([1, 2, 3], [1]).commit(entry).recover(entry).forget().token();
    expect(ring.mcasts.map(({ length }) => length)).toEqual([1500]);
  });
});

describe("the initial ORF token (spec totem 8.2)", () => {
  it("says with retrans_flg whether the representative has messages to send", () => {
    expect(readToken(recovering([1], 0).tokens.at(-1)!)).toMatchObject({ retransFlg: 1, aru: 0xffffffff });
    expect(readToken(recovering([], 0).tokens.at(-1)!)).toMatchObject({ retransFlg: 0, aru: 0xffffffff });
  });

  it("goes to the successor even in a ring of one", () => {
    const ring = new ScriptedRing().start().agree([1]).recover();
    expect(ring.sent.at(-1)!.to).toBe(1);
    expect(ring.tokens).toHaveLength(1);
  });
});

describe("token visits in RECOVERY (spec totem 8.3)", () => {
  it("become OPERATIONAL on the fourth visit when nothing is to be recovered", () => {
    for (const nodeId of [1, 2, 3]) {
      const ring = ringIn("recovery", { nodeId });
      for (let visit = 1; visit <= 3; visit++) expect(ring.token().ring.state).toBe("recovery");
      expect(ring.token().ring.state).toBe("operational");
    }
  });

  it("keep retrans_flg up as long as messages are queued, and only who set it takes it down", () => {
    const here = Array.from({ length: 40 }, (_, i) => i + 1);
    const ring = recovering(here, 0).forget();
    const flags: number[] = [];
    for (let i = 0; i < 3; i++)
      flags.push(readToken(ring.token({ retransFlg: 1 }).tokens.at(-1)!).retransFlg);
    // 17 packets a visit: 40 are gone after the third.
    expect(flags).toEqual([1, 1, 0]);
    const other = ringIn("recovery", { nodeId: 2 }).token({ retransFlg: 1 });
    expect(readToken(other.tokens.at(-1)!).retransFlg).toBe(1);
  });

  it("set the flag where the representative had nothing to send", () => {
    const ring = recovering([1, 2], 0, { settings: { maxMessagesPackets: 1 } })
      .forget()
      .token({ retransFlg: 0 });
    expect(readToken(ring.tokens[0]!).retransFlg).toBe(1);
  });

  it("count rotations anew after each that had the flag up", () => {
    const ring = ringIn("recovery");
    ring.token().token().token({ retransFlg: 1 });
    for (let visit = 1; visit <= 3; visit++) expect(ring.token().ring.state).toBe("recovery");
    expect(ring.token().ring.state).toBe("operational");
  });

  it("wait until the whole ring has received what was recovered", () => {
    const ring = ringIn("recovery");
    ring.receive(mcast(2, ring.ring.ringId, 1, mcast(2, { representative: 2, sequence: 3 }, 1, "x")));
    for (let visit = 1; visit <= 10; visit++) ring.token({ seq: 1, aru: 0, aruAddr: 3 });
    expect(ring.ring.state).toBe("recovery");
    ring.token({ seq: 1 }).token({ seq: 1 });
    expect(ring.ring.state).toBe("operational");
  });

  it("deliver for all transitional members what lies behind a hole, once this node has caught up", () => {
    const ring = ringIn("operational", { nodeId: 2 });
    ring.receive(mcast(3, OLD_RING, 2, "of 3")).receive(mcast(1, OLD_RING, 3, "of 1"));
    const entry = () => ({ ringId: OLD_RING, received: false });
    ring.agree([1, 2, 3], [1]).commit(entry).recover(entry).forget();
    for (let i = 0; i < 8 && ring.ring.state === "recovery"; i++) ring.token();
    expect(ring.trace.filter((line) => /deliver|transitional|regular/.test(line))).toEqual([
      "transitional 2,3",
      "deliver of 3 from 3",
      "regular 2,3",
    ]);
  });
});

describe("messages received in RECOVERY (spec totem 8.4)", () => {
  it("are not delivered before the ring is installed, and then before the transitional configuration", () => {
    const ring = recovering([2], 0).forget();
    ring.receive(mcast(3, ring.ring.ringId, 1, mcast(3, OLD_RING, 1, "m1")));
    expect(ring.trace).toEqual([]);
    for (let i = 0; i < 8 && ring.ring.state === "recovery"; i++) ring.token({ seq: i === 0 ? 1 : 2 });
    expect(ring.trace.filter((line) => /deliver|transitional/.test(line))).toEqual([
      "deliver m1 from 3",
      "deliver m2 from 3",
      "transitional 2,3",
    ]);
  });

  it("are never delivered as messages of the new ring", () => {
    const ring = recovering([], 0).forget();
    ring.receive(mcast(3, ring.ring.ringId, 1, mcast(3, { representative: 8, sequence: 3 }, 1, "not ours")));
    for (let i = 0; i < 8 && ring.ring.state === "recovery"; i++) ring.token({ seq: 1 });
    ring.receive(mcast(3, ring.ring.ringId, 2, "first of the new ring"));
    expect(ring.trace.filter((line) => line.startsWith("deliver"))).toEqual([
      "deliver first of the new ring from 3",
    ]);
  });
});

describe("token loss in RECOVERY (spec totem 8.5)", () => {
  it("forgets what was recovered: the next attempt starts from the old ring", () => {
    const ring = recovering([1, 3], 3);
    ring.receive(mcast(3, ring.ring.ringId, 1, mcast(3, OLD_RING, 2, "m2"))).pass(3650);
    expect(ring.gatherReasons.at(-1)).toBe(5);
    expect(ring.ring.counters.recovery_token_lost).toBe(1);
    ring.receive(join(3, [1, 2, 3], [1], 9)).receive(join(3, [1, 2, 3], [1], 9));
    expect(
      ring.logs.filter((line) => line.includes("Restoring instance->my_aru 1 my high seq received 3")),
    ).toHaveLength(1);
  });
});
