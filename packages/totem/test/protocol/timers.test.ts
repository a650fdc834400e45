import { describe, expect, it } from "vitest";
import { PacketType } from "../../src/wire/header.ts";
import { commitToken, join, mcast, orfToken } from "./scripted-packets.ts";
import { ringIn, ScriptedRing } from "./scripted-ring.ts";

/** Three nodes: token 3650 ms, token_retransmit 869, hold 685, consensus 4380, join 50, merge 200. */

function idle(ring: ScriptedRing): ScriptedRing {
  for (let i = 0; i < 40 && !ring.ring.tokenHeld; i++) ring.token();
  return ring.forget();
}

/** A ring of one that is looking for others, with what it needs to agree with node 2. */
function agreeing(nodeId: number): ScriptedRing {
  const ring = ringIn("gather", { nodeId });
  const peer = 3 - nodeId;
  return ring
    .receive(join(peer, [1, 2], [], 1))
    .receive(join(peer, [1, 2], [], 1))
    .forget();
}

describe("the token loss timer (spec totem 5)", () => {
  it("is armed by every accepted ORF token", () => {
    const ring = ringIn("operational").pass(3000).token().pass(3649);
    expect(ring.ring.state).toBe("operational");
    expect(ring.pass(1).gatherReasons).toEqual([2]);
  });

  it("is not armed by duplicates and tokens of other rings", () => {
    const ring = ringIn("operational").pass(3000).duplicateToken();
    ring.receive(orfToken({ ringId: { representative: 7, sequence: 3 }, tokenSeq: 99 }));
    expect(ring.pass(650).gatherReasons).toEqual([2]);
  });

  it("is armed by entering COMMIT, and anew by entering RECOVERY", () => {
    const ring = ringIn("commit").pass(3000);
    ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 3)).pass(3649);
    expect(ring.ring.state).toBe("recovery");
    expect(ring.pass(1).gatherReasons).toEqual([5]);
  });

  it("is armed by the representative's initial token", () => {
    const ring = ringIn("commit").receive(commitToken({ representative: 1, sequence: 5 }, [1, 2, 3], 3, 3));
    ring
      .pass(3000)
      .receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 6))
      .pass(3649);
    expect(ring.ring.state).toBe("recovery");
    expect(ring.pass(1).gatherReasons).toEqual([5]);
  });

  it("is armed by a consensus timeout with agreement", () => {
    const ring = agreeing(2).pass(4380 + 3649);
    expect(ring.gatherReasons).toEqual([]);
    expect(ring.pass(1).gatherReasons).toEqual([0, 3]);
  });

  it("is stopped by entering GATHER", () => {
    const ring = ringIn("operational").pass(3000);
    ring.ring.forceGather(ring.nowMs);
    expect(ring.pass(4000).ring.counters.gather_token_lost).toBe(0);
  });
});

describe("the token warning timer (spec totem 5)", () => {
  const warnings = (ring: ScriptedRing): string[] =>
    ring.logs.filter((line) => /has not been received/.test(line));

  it("is armed together with token loss, logs, and re-arms itself", () => {
    const ring = ringIn("operational", { settings: { tokenWarningPercent: 30 } })
      .pass(1000)
      .token()
      .pass(1095);
    expect(warnings(ring)).toEqual(["notice Token has not been received in 1095 ms"]);
    expect(warnings(ring.pass(1095))).toHaveLength(2);
  });

  it("is stopped together with token loss", () => {
    const ring = ringIn("operational").pass(2000);
    ring.ring.forceGather(ring.nowMs);
    expect(warnings(ring.pass(2000))).toEqual([]);
  });

  it("is off at 0 percent", () => {
    expect(warnings(ringIn("operational", { settings: { tokenWarningPercent: 0 } }).pass(3649))).toEqual([]);
  });
});

describe("the token retransmit timer (spec totem 5)", () => {
  it("is armed by an accepted token, and after its own expiry", () => {
    const ring = ringIn("operational").pass(800).token().forget().pass(868);
    expect(ring.tokens).toHaveLength(0);
    expect(ring.pass(1).tokens).toHaveLength(1);
    expect(ring.pass(869).tokens).toHaveLength(2);
  });

  it("is armed by sending a commit token, in COMMIT and in RECOVERY", () => {
    const ring = ringIn("commit").pass(800);
    ring
      .receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 3))
      .forget()
      .pass(868);
    expect(ring.trace).toEqual([]);
    expect(ring.pass(1).trace).toEqual(["commit_token"]);
  });

  it("is armed by the initial token", () => {
    const ring = ringIn("recovery").pass(869);
    expect(ring.trace).toEqual(["orf_token"]);
  });

  it("is armed by a visit in RECOVERY", () => {
    const ring = ringIn("recovery").pass(800).token({ aru: 0xffffffff, aruAddr: 1 }).forget().pass(868);
    expect(ring.trace).toEqual([]);
    expect(ring.pass(1).trace).toEqual(["orf_token"]);
  });

  it("is stopped by entering GATHER", () => {
    const ring = ringIn("operational").token();
    ring.ring.forceGather(ring.nowMs);
    expect(ring.forget().pass(869).tokens).toEqual([]);
  });
});

describe("the hold retransmit timer (spec totem 5)", () => {
  it("is armed when the representative keeps an idle token", () => {
    const ring = idle(ringIn("operational"));
    expect(ring.pass(684).tokens).toHaveLength(0);
    expect(ring.pass(1).tokens).toHaveLength(1);
  });

  it("is not armed at another node", () => {
    expect(idle(ringIn("operational", { nodeId: 2 })).pass(685).tokens).toHaveLength(0);
  });

  it("is stopped by a token with a new seq", () => {
    const ring = idle(ringIn("operational")).receive(mcast(2, { representative: 1, sequence: 5 }, 1, "new"));
    ring.token({ seq: 1 }).forget().pass(868);
    expect(ring.tokens).toHaveLength(0);
  });
});

describe("the merge detect timer (spec totem 5)", () => {
  const merges = (ring: ScriptedRing): number => ring.ofType(PacketType.mergeDetect).length;

  it("is armed by a token whose seq equals the previous one's, unless it is armed already", () => {
    const ring = ringIn("operational").pass(500).forget();
    ring.token().pass(100).token().pass(99);
    expect(merges(ring)).toBe(0);
    expect(merges(ring.pass(1))).toBe(1);
    expect(merges(ring.pass(600))).toBe(1);
  });

  it("is stopped by a token with a different seq", () => {
    const ring = ringIn("operational").pass(500).token().forget();
    ring
      .receive(mcast(2, ring.ring.ringId, 1, "new"))
      .token({ seq: 1 })
      .pass(500);
    expect(merges(ring)).toBe(0);
  });

  it("is stopped by entering GATHER", () => {
    const ring = ringIn("operational").pass(500).token().forget();
    ring.ring.forceGather(ring.nowMs);
    expect(merges(ring.pass(500))).toBe(0);
  });
});

describe("the join timer (spec totem 5)", () => {
  const joins = (ring: ScriptedRing): number => ring.ofType(PacketType.join).length;

  it("is armed by entering GATHER, sends a join, and re-arms itself", () => {
    const ring = new ScriptedRing().start();
    expect(joins(ring)).toBe(1);
    expect(joins(ring.pass(49))).toBe(1);
    expect(joins(ring.pass(1))).toBe(2);
    expect(joins(ring.pass(50))).toBe(3);
  });

  it("is stopped by entering COMMIT", () => {
    expect(joins(ringIn("commit").pass(1000))).toBe(0);
  });
});

describe("the consensus timer (spec totem 5)", () => {
  it("is armed by entering GATHER, each time anew", () => {
    const ring = ringIn("gather")
      .pass(4000)
      .receive(join(2, [1, 2], [], 1))
      .forget()
      .pass(4379);
    expect(ring.gatherReasons).toEqual([]);
    expect(ring.pass(1).gatherReasons).toEqual([0]);
  });

  it("is stopped by entering COMMIT", () => {
    const ring = agreeing(1);
    expect(ring.ring.state).toBe("commit");
    // The token timeout comes first.
    expect(ring.pass(4379).ring.counters.consensus_timeouts).toBe(0);
  });
});

describe("the pause timer (spec totem 5)", () => {
  /** A join that arrives `lateMs` after the last timer ran. */
  const joinAfter = (ring: ScriptedRing, lateMs: number): ScriptedRing => {
    ring.nowMs += lateMs;
    return ring.receive(join(2, [1, 2, 3], [], ring.ring.ringId.sequence));
  };

  it("remembers the time every fifth of the token timeout", () => {
    expect(joinAfter(ringIn("operational").token().pass(730), 1825).discarded).toBe(0);
    expect(joinAfter(ringIn("operational").token().pass(730), 1826).discarded).toBe(1);
    expect(joinAfter(ringIn("operational").token().pass(729), 1826 - 729).discarded).toBe(1);
  });

  it("is armed anew by entering OPERATIONAL", () => {
    const ring = ringIn("recovery").pass(700).install();
    expect(joinAfter(ring, 1825).discarded).toBe(0);
    expect(joinAfter(ringIn("recovery").pass(700).install(), 1826).discarded).toBe(1);
  });
});

describe("the heartbeat timer (spec totem 5)", () => {
  const HEARTBEAT = { heartbeatFailuresAllowed: 2 };

  it("is armed at the end of each visit that forwards the token", () => {
    const ring = ringIn("operational", { settings: HEARTBEAT }).pass(1000).token().pass(1787);
    expect(ring.gatherReasons).toEqual([]);
    expect(ring.pass(1).gatherReasons).toEqual([2]);
    expect(ring.logs.some((line) => line.includes("HeartBeat Timer expired"))).toBe(true);
  });

  it("is stopped by a visit that does not forward", () => {
    const ring = idle(ringIn("operational", { settings: HEARTBEAT })).pass(3649);
    expect(ring.gatherReasons).toEqual([]);
  });

  it("is off where it would not beat the token timeout", () => {
    const ring = ringIn("operational", { settings: { heartbeatFailuresAllowed: 5 } }).pass(3649);
    expect(ring.gatherReasons).toEqual([]);
  });
});
