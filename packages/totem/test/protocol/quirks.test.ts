import { describe, expect, it } from "vitest";
import { C_TOTEM_BEHAVIOUR, TOTEM_BEHAVIOUR, type TotemBehaviour } from "../../src/index.ts";
import { PacketType } from "../../src/wire/header.ts";
import { commitToken, join, mcast, mcastSeq, orfToken, readToken } from "./scripted-packets.ts";
import { ringIn, ScriptedRing, type ScriptedRingOptions } from "./scripted-ring.ts";

/** Ours, and the same with one switch in the position of C. */
function positions(name: keyof TotemBehaviour): [ours: TotemBehaviour, c: TotemBehaviour] {
  return [TOTEM_BEHAVIOUR, { ...TOTEM_BEHAVIOUR, [name]: false }];
}

/** Node 2 of a ring that lost node 1: `here` is what it has of the old ring, all sent by node 3. */
function recoveringWith(here: readonly number[], options: ScriptedRingOptions = {}): ScriptedRing {
  const ring = ringIn("operational", { nodeId: 2, ...options });
  const oldRing = ring.ring.ringId;
  for (const seq of here) ring.receive(mcast(3, oldRing, seq, `m${seq}`));
  // Node 3 says that it has nothing.
  const entry = () => ({ ringId: oldRing, received: false });
  ring.agree([1, 2, 3], [1]).commit(entry).recover(entry);
  return ring.forget();
}

describe("the switches", () => {
  it("are all on for us, and all off for C", () => {
    expect(Object.values(TOTEM_BEHAVIOUR).every((value) => value === true)).toBe(true);
    expect(Object.values(C_TOTEM_BEHAVIOUR).every((value) => value === false)).toBe(true);
    expect(Object.keys(C_TOTEM_BEHAVIOUR)).toEqual(Object.keys(TOTEM_BEHAVIOUR));
  });

  it("persistBeforeSend (spec totem Q5): the sequence is stored before the commit token leaves, in C after", () => {
    const [ours, c] = positions("persistBeforeSend");
    const commits = (behaviour: TotemBehaviour) =>
      ringIn("gather", { behaviour }).agree([1, 2, 3]).trace.slice(-2);
    expect(commits(ours)).toEqual(["persist 5", "commit_token"]);
    expect(commits(c)).toEqual(["commit_token", "persist 5"]);
  });

  it("skipRecoveredMessages (spec totem Q7): what another member has recovered is not sent again", () => {
    const [ours, c] = positions("skipRecoveredMessages");
    const recovered = (behaviour: TotemBehaviour) => {
      const ring = recoveringWith([1, 2, 3], { behaviour });
      const { ringId } = ring.ring;
      const oldRing = { representative: 1, sequence: ringId.sequence - 4 };
      ring.receive(mcast(3, ringId, 1, mcast(3, oldRing, 2, "m2")));
      // Same sequence, but of a ring this node has not been in.
      ring.receive(mcast(3, ringId, 2, mcast(3, { ...oldRing, representative: 9 }, 3, "x")));
      ring.token({ seq: 2, retransFlg: 1 });
      return ring;
    };
    const inner = (bytes: Uint8Array) => mcastSeq(bytes.subarray(45));
    expect(recovered(ours).mcasts.map(inner)).toEqual([1, 3]);
    expect(recovered(c).mcasts.map(inner)).toEqual([1, 2, 3]);
  });

  it("skipRecoveredMessages (spec totem Q7): retrans_flg is cleared although nothing was sent", () => {
    const ring = recoveringWith([1]);
    const { ringId } = ring.ring;
    ring.receive(
      mcast(3, ringId, 1, mcast(3, { representative: 1, sequence: ringId.sequence - 4 }, 1, "m1")),
    );
    ring.token({ seq: 1, retransFlg: 1 });
    expect(ring.mcasts).toEqual([]);
    expect(ring.tokens.map((token) => readToken(token).retransFlg)).toEqual([0]);
  });

  it("resetRecoveryCounts (spec totem Q8): an abandoned recovery does not shorten the next one", () => {
    const [ours, c] = positions("resetRecoveryCounts");
    const visitsNeeded = (behaviour: TotemBehaviour) => {
      const ring = ringIn("recovery", { behaviour }).token({ aru: 0xffffffff, aruAddr: 1 }).token();
      ring.ring.forceGather(ring.nowMs);
      ring.agree([1, 2, 3]).commit().recover();
      let visits = 0;
      while (ring.ring.state === "recovery" && visits < 10) {
        ring.token();
        visits++;
      }
      return visits;
    };
    expect(visitsNeeded(ours)).toBe(4);
    expect(visitsNeeded(c)).toBe(2);
  });

  it("fileByRing (spec totem Q9): a message of the new ring never passes for one of the old", () => {
    const [ours, c] = positions("fileByRing");
    const delivered = (behaviour: TotemBehaviour) => {
      const ring = ringIn("operational", { nodeId: 2, behaviour });
      const oldRing = ring.ring.ringId;
      for (const seq of [1, 3]) ring.receive(mcast(3, oldRing, seq, `m${seq}`));
      const entry = () => ({ ringId: oldRing, received: false });
      ring.forget().agree([1, 2, 3], [1]).commit(entry);
      ring.receive(mcast(3, ring.ring.ringId, 2, "new"));
      ring.recover(entry);
      for (let i = 0; i < 10 && ring.ring.state === "recovery"; i++) ring.token();
      return ring.trace.filter((line) => /deliver|regular|transitional/.test(line));
    };
    expect(delivered(ours)).toEqual(["transitional 2,3", "deliver m3 from 3", "regular 2,3"]);
    expect(delivered(c)).toContain("deliver new from 3");
  });

  it("judgeAcceptedTokensOnly (spec totem Q11): duplicates and foreign tokens are no idle rotations", () => {
    const [ours, c] = positions("judgeAcceptedTokensOnly");
    const heldAfter31 = (behaviour: TotemBehaviour, nodeId: number) => {
      const ring = ringIn("operational", { behaviour, nodeId });
      for (let i = 0; i < 31; i++) {
        if (i % 2 === 0) ring.duplicateToken();
        else ring.receive(orfToken({ ringId: { representative: 7, sequence: 3 }, tokenSeq: 9 }));
      }
      return ring.ring.tokenHeld;
    };
    for (const nodeId of [1, 2]) {
      expect(heldAfter31(ours, nodeId)).toBe(false);
      expect(heldAfter31(c, nodeId)).toBe(true);
    }
  });

  it("clampWindow (spec totem Q12): an overdrawn window lets nothing through, in C everything", () => {
    const [ours, c] = positions("clampWindow");
    const sent = (behaviour: TotemBehaviour) => {
      const ring = ringIn("operational", { behaviour });
      for (let i = 0; i < 20; i++) ring.waiting.push(`m${i}`);
      return ring.token({ fcc: 51 }).mcasts.length;
    };
    expect(sent(ours)).toBe(0);
    expect(sent(c)).toBe(17);
  });

  it("answerOnlyNews (spec totem 6.3): a join that brings nothing new is not answered", () => {
    const [ours, c] = positions("answerOnlyNews");
    const answers = (behaviour: TotemBehaviour) => {
      const ring = ringIn("gather", { behaviour });
      // A stranger's failed list is not adopted: its second join says nothing new.
      for (let i = 0; i < 3; i++) ring.receive(join(2, [1, 2, 9], [9], 1));
      return ring.gatherReasons;
    };
    expect(answers(ours)).toEqual([11]);
    expect(answers(c)).toEqual([11, 11, 11]);
  });

  it("dropOvertakenJoins: a join that its sender's next ring has overtaken is dropped, until a consensus timeout", () => {
    const [ours, c] = positions("dropOvertakenJoins");
    const heard = (behaviour: TotemBehaviour) => {
      const ring = ringIn("operational", { nodeId: 2, behaviour });
      // Node 9 gave this one up, went on alone in ring 108, and its join comes behind a message of that.
      ring.receive(mcast(9, { representative: 9, sequence: 108 }, 1, "alone"));
      ring.receive(join(9, [2, 9], [2], 104));
      return ring;
    };
    // 7: its message, 11: news of a join.
    expect(heard(ours).gatherReasons).toEqual([7]);
    expect(heard(c).gatherReasons).toEqual([7, 11]);
    const later = heard(ours);
    later.receive(join(9, [2, 9], [2], 108));
    expect(later.gatherReasons).toEqual([7, 11]);
  });
});

describe("quirks without a switch", () => {
  it("encapsulated and target_nodeid may be garbage on receipt, and are written as 0 (spec totem Q2)", () => {
    const ring = ringIn("operational");
    const token = orfToken({ ringId: ring.ring.ringId, tokenSeq: 100 });
    token[4] = 0xfc;
    token.set([1, 2, 3, 4], 9);
    ring.receive(token);
    const join1 = join(2, [1, 2, 3], [3], ring.ring.ringId.sequence);
    join1[4] = 0xfc;
    join1.set([1, 2, 3, 4], 9);
    ring.receive(join1);
    expect(ring.malformed).toEqual([]);
    expect(ring.trace).toEqual(["orf_token", "join"]);
    for (const { bytes } of ring.sent) {
      expect(bytes[4]).toBe(0);
      expect([...bytes.subarray(9, 13)]).toEqual([0, 0, 0, 0]);
    }
  });

  it("netmtu is that of C, headers of IP and UDP not subtracted; a smaller one is allowed (spec totem Q3)", () => {
    expect(new ScriptedRing().ring.netMtuBytes).toBe(1410);
    expect(new ScriptedRing({ settings: { netMtuBytes: 1472 } }).ring.netMtuBytes).toBe(1382);
    // A full packet of a peer with a larger netmtu is stored and recovered all the same.
    const ring = ringIn("operational", { settings: { netMtuBytes: 1452 } });
    ring.receive(mcast(2, ring.ring.ringId, 1, "x".repeat(1410)));
    expect(ring.trace).toEqual([`deliver ${"x".repeat(1410)} from 2`]);
  });

  it("sequences out of range are dropped, and move nothing (spec totem Q4)", () => {
    const ring = ringIn("operational");
    const { ringId } = ring.ring;
    ring.receive(mcast(2, ringId, 16_384, "far")).receive(mcast(2, ringId, 0xffffffff, "before"));
    expect(ring.trace).toEqual([]);
    ring.receive(mcast(2, ringId, 1, "next"));
    expect(ring.trace).toEqual(["deliver next from 2"]);
    ring.waiting.push("not now");
    ring.token({ seq: 0x7000_0000, aru: 1 });
    expect(ring.mcasts).toEqual([]);
    expect(ring.ring.state).toBe("operational");
  });

  it("a commit token whose next node is not configured goes nowhere, and the log says so (spec totem Q6)", () => {
    const ring = ringIn("gather", { configured: [1, 3] }).agree([1, 2, 3]);
    expect(ring.ring.state).toBe("commit");
    expect(ring.ofType(PacketType.commitToken)).toEqual([]);
    expect(ring.logs).toContain("warning Commit token not sent: node 2 is not a configured member");
    ring.pass(3650);
    expect(ring.gatherReasons).toContain(4);
  });

  it("no message is sent in the visit that installs the ring, nor before (spec totem Q9)", () => {
    const ring = ringIn("recovery");
    ring.waiting.push("early");
    for (let visit = 1; visit <= 4; visit++) {
      ring.token();
      expect(ring.mcasts).toEqual([]);
    }
    expect(ring.ring.state).toBe("operational");
    ring.token();
    expect(ring.mcasts.length).toBe(1);
  });

  it("more than 70 members that come along are all delivered for (spec totem Q15)", () => {
    const ids = Array.from({ length: 100 }, (_, i) => i + 1);
    const ring = new ScriptedRing({ nodeId: 2, nodeCount: 100 }).start();
    ring.agree(ids).commit().recover().install();
    const oldRing = ring.ring.ringId;
    // Sequence 1 is lost for good; what follows it counts if its sender comes along.
    for (const [i, from] of [1, 3, 99, 100].entries())
      ring.receive(mcast(from, oldRing, 2 + i, `of ${from}`));
    const entry = () => ({ ringId: oldRing, received: false });
    ring.agree(ids, [1]).commit(entry).recover(entry).forget();
    for (let i = 0; i < 10 && ring.ring.state === "recovery"; i++) ring.token();
    expect(ring.trace.filter((line) => line.startsWith("deliver"))).toEqual([
      "deliver of 3 from 3",
      "deliver of 99 from 99",
      "deliver of 100 from 100",
    ]);
  });

  it("a join that calls this node failed is ignored in OPERATIONAL even if it is new (spec totem Q16)", () => {
    const ring = ringIn("operational");
    ring.receive(join(2, [1, 2, 3], [1], ring.ring.ringId.sequence + 40));
    expect(ring.trace).toEqual([]);
    expect(ring.ring.state).toBe("operational");
  });

  it("send_join delays the join alone, built when it leaves, and is forgotten in COMMIT (spec totem Q18)", () => {
    const ring = new ScriptedRing({ settings: { sendJoinMs: 30 } }).start();
    expect(ring.trace).toEqual([]);
    ring.receive(join(2, [1, 2], [], 1));
    ring.pass(29);
    const joins = ring.ofType(PacketType.join);
    expect(joins.length).toBe(1);
    expect(joins[0]!.bytes.length).toBe(33 + 4 * 2);
    const committing = new ScriptedRing({ nodeId: 2, settings: { sendJoinMs: 30 } }).start();
    committing.receive(join(1, [1, 2], [], 1)).receive(join(1, [1, 2], [], 1));
    committing.receive(commitToken({ representative: 1, sequence: 5 }, [1, 2], 1, 1));
    expect(committing.ring.state).toBe("commit");
    committing.pass(100);
    expect(committing.ofType(PacketType.join)).toEqual([]);
  });

  it("what is queued but not yet multicast is sent in the new ring (spec totem Q19)", () => {
    const ring = ringIn("operational");
    ring.waiting.push("queued");
    ring.agree([1, 2, 3], [3]).recover().install();
    expect(ring.mcasts).toEqual([]);
    ring.token();
    expect(ring.mcasts.map((bytes) => Buffer.from(bytes.subarray(45)).toString())).toEqual(["queued"]);
  });

  it("a node that fails to receive marks itself failed (spec totem Q20)", () => {
    const ring = ringIn("operational", { settings: { failRecvConst: 3 } });
    for (let i = 0; i < 8 && ring.ring.state === "operational"; i++)
      ring.token({ seq: 1, aru: 0, aruAddr: 1 });
    expect(ring.gatherReasons).toEqual([6]);
    expect(Buffer.from(ring.sent.at(-1)!.bytes)).toEqual(Buffer.from(join(1, [1, 2, 3], [1], 5)));
  });
});
