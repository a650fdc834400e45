import { describe, expect, it } from "vitest";
import { PacketType } from "../../src/wire/header.ts";
import { join } from "./scripted-packets.ts";
import { ringIn, type ScriptedRing } from "./scripted-ring.ts";

const joinsOf = (ring: ScriptedRing) => ring.ofType(PacketType.join).map(({ bytes }) => Buffer.from(bytes));
const encoded = (...args: Parameters<typeof join>) => Buffer.from(join(...args));

describe("leave (spec totem 13.1)", () => {
  it("is one message: node id 0, the others as members, itself as the last that failed", () => {
    const ring = ringIn("operational", { nodeId: 2 });
    ring.ring.leave(ring.nowMs);
    expect(joinsOf(ring)).toEqual([encoded(2, [1, 3], [2], 5, true)]);
    expect(ring.pass(10_000).token().sent).toHaveLength(1);
  });

  it("makes the others agree without a timeout, the leaver not counted in", () => {
    const ring = ringIn("operational").receive(join(3, [1, 2], [3], 5, true));
    expect(joinsOf(ring)).toEqual([encoded(1, [1, 2, 3], [3], 5)]);
    ring.receive(join(2, [1, 2, 3], [3], 5));
    expect(ring.ring.state).toBe("commit");
  });
});

describe("failed to receive (spec totem 13.2)", () => {
  /** Node 3, which asks in vain for message 1. */
  const stuck = (visits: number, aruAddr = 3): ScriptedRing => {
    const ring = ringIn("operational", { nodeId: 3, settings: { failRecvConst: 10 } });
    for (let i = 0; i < visits; i++) ring.token({ seq: 1, aru: 0, aruAddr });
    return ring;
  };

  it("is declared after more than fail_recv_const rotations with the same own aru", () => {
    expect(stuck(10).gatherReasons).toEqual([]);
    const ring = stuck(11);
    expect(ring.gatherReasons).toEqual([6]);
    expect(ring.logs).toContain("error FAILED TO RECEIVE");
    expect(joinsOf(ring)).toEqual([encoded(3, [1, 2, 3], [3], 5)]);
    expect(ring.tokens).toHaveLength(10);
  });

  it("is not declared for somebody else's aru", () => {
    expect(stuck(50, 1).gatherReasons).toEqual([]);
  });

  it("goes on alone once everybody knows", () => {
    const ring = stuck(11).forget();
    for (const id of [1, 2]) ring.receive(join(id, [1, 2, 3], [3], 5));
    expect(ring.ring.state).toBe("commit");
    expect(ring.ring.ringId).toEqual({ representative: 3, sequence: 9 });
    expect(ring.sent.at(-1)!.to).toBe(3);
  });

  it("makes the others form their ring without the node", () => {
    const ring = ringIn("operational").receive(join(3, [1, 2, 3], [3], 5));
    expect(joinsOf(ring)).toEqual([encoded(1, [1, 2, 3], [3], 5)]);
    ring.receive(join(2, [1, 2, 3], [3], 5));
    expect(ring.sent.at(-1)!.to).toBe(2);
    expect(ring.ring.state).toBe("commit");
  });
});

describe("a pause of the process (spec totem 13.3)", () => {
  /** A join that arrives when no timer has run for so long. */
  const joinAfterPause = (pausedMs: number): ScriptedRing => {
    const ring = ringIn("operational").token().pass(730).forget();
    ring.nowMs += pausedMs;
    return ring.receive(join(5, [5], [], 1)).receive(join(4, [4], [], 1));
  };

  it("of more than half a token timeout throws away what waits on the sockets, and the join that showed it", () => {
    const ring = joinAfterPause(1826);
    expect(ring.discarded).toBe(1);
    expect(ring.logs[0]).toBe("notice Process pause detected for 1826 ms, flushing membership messages.");
    expect(ring.ring.processors).toEqual([1, 2, 3, 4]);
  });

  it("of less does nothing", () => {
    const ring = joinAfterPause(1825);
    expect(ring.discarded).toBe(0);
    expect(ring.ring.processors).toEqual([1, 2, 3, 5, 4]);
  });
});

describe("the heartbeat (spec totem 13.4)", () => {
  it("acts as the token timeout of the state it expires in", () => {
    const ring = ringIn("operational", { settings: { heartbeatFailuresAllowed: 2 } }).token();
    ring
      .receive(join(2, [1, 2, 3], [], 5))
      .receive(join(2, [1, 2, 3], [], 5))
      .receive(join(3, [1, 2, 3], [], 5));
    expect(ring.ring.state).toBe("commit");
    ring.pass(1788);
    expect(ring.gatherReasons.at(-1)).toBe(4);
    expect(ring.ring.counters.commit_token_lost).toBe(1);
  });

  it("is off by default", () => {
    expect(ringIn("operational").pass(3649).gatherReasons).toEqual([]);
  });
});

describe("forced gather (spec totem 13.5)", () => {
  const forced = (state: "operational" | "gather" | "commit" | "recovery"): ScriptedRing => {
    const ring = ringIn(state);
    ring.ring.forceGather(ring.nowMs);
    return ring;
  };

  it("is the token timeout of the state, reason, text and counter included", () => {
    const lost = (ring: ScriptedRing) => {
      const { operational_token_lost, gather_token_lost, commit_token_lost, recovery_token_lost } =
        ring.ring.counters;
      return [
        ring.gatherReasons.at(-1),
        operational_token_lost,
        gather_token_lost,
        commit_token_lost,
        recovery_token_lost,
      ];
    };
    expect(lost(forced("operational"))).toEqual([2, 1, 0, 0, 0]);
    expect(lost(forced("commit"))).toEqual([4, 0, 0, 1, 0]);
    expect(lost(forced("recovery"))).toEqual([5, 0, 0, 0, 1]);
    expect(forced("gather").gatherReasons).toEqual([3]);
    expect(forced("operational").logs).toContain(
      "notice A processor failed, forming new configuration: token timed out (3650ms), waiting 4380ms for consensus.",
    );
  });

  it("does nothing before the start and after the end", () => {
    const ring = ringIn("operational");
    ring.ring.stop();
    ring.ring.forceGather(ring.nowMs);
    expect(ring.trace).toEqual([]);
  });
});
