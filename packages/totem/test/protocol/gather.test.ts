import { describe, expect, it } from "vitest";
import { PacketType } from "../../src/wire/header.ts";
import { encodeMergeDetect } from "../../src/wire/merge-detect.ts";
import { commitToken, join, mcast } from "./scripted-packets.ts";
import { ringIn, ScriptedRing } from "./scripted-ring.ts";

const FOREIGN = { representative: 7, sequence: 99 };
const joinsOf = (ring: ScriptedRing) => ring.ofType(PacketType.join).map(({ bytes }) => Buffer.from(bytes));
const encoded = (...args: Parameters<typeof join>) => Buffer.from(join(...args));

describe("start (spec totem 4, 4.1, 4.2)", () => {
  it("takes the stored ring sequence plus one, in memory only", () => {
    const ring = new ScriptedRing({ nodeId: 3 }).start(0x0d);
    expect(ring.ring.ringId).toEqual({ representative: 3, sequence: 0x0e });
    expect(joinsOf(ring)).toEqual([encoded(3, [3], [], 0x0e)]);
    expect(ring.trace).toEqual(["join"]);
  });

  it("enters GATHER by the interface change, with nobody but itself", () => {
    const ring = new ScriptedRing().start();
    expect(ring.gatherReasons).toEqual([15]);
    expect(ring.ring.state).toBe("gather");
    expect(ring.ring.processors).toEqual([1]);
    expect(ring.ring.members).toEqual([]);
  });

  it("hears nothing and says nothing before it", () => {
    const ring = new ScriptedRing().receive(join(2, [2], [], 1)).pass(10_000);
    expect(ring.trace).toEqual([]);
    expect(ring.ring.state).toBe("operational");
  });
});

describe("every reason for GATHER, with its number (spec totem 4.3)", () => {
  const reasons: readonly [number: number, text: string, enter: () => ScriptedRing][] = [
    [
      0,
      "consensus timeout",
      () =>
        ringIn("gather")
          .receive(join(2, [1, 2], [], 1))
          .forget()
          .pass(4380),
    ],
    [2, "The token was lost in the OPERATIONAL state.", () => ringIn("operational").pass(3650)],
    [
      3,
      "The consensus timeout expired.",
      () => {
        const ring = ringIn("gather", { nodeId: 2 });
        return ring
          .receive(join(1, [1, 2], [], 1))
          .receive(join(1, [1, 2], [], 1))
          .pass(4380 + 3650);
      },
    ],
    [4, "The token was lost in the COMMIT state.", () => ringIn("commit").pass(3650)],
    [5, "The token was lost in the RECOVERY state.", () => ringIn("recovery").pass(3650)],
    [
      6,
      "failed to receive",
      () => {
        const ring = ringIn("operational", { settings: { failRecvConst: 1 } });
        return ring.token({ seq: 1, aru: 0, aruAddr: 1 }).token({ seq: 1, aru: 0, aruAddr: 1 });
      },
    ],
    [
      7,
      "foreign message in operational state",
      () => ringIn("operational").receive(mcast(9, FOREIGN, 1, "x")),
    ],
    [8, "foreign message in gather state", () => ringIn("gather").receive(mcast(9, FOREIGN, 1, "x"))],
    [
      9,
      "merge during operational state",
      () => ringIn("operational").receive(encodeMergeDetect({ systemFrom: 9, ringId: FOREIGN })),
    ],
    [
      10,
      "merge during gather state",
      () => ringIn("gather").receive(encodeMergeDetect({ systemFrom: 9, ringId: FOREIGN })),
    ],
    [11, "merge during join", () => ringIn("gather").receive(join(2, [2], [], 1))],
    [12, "join during operational state", () => ringIn("operational").receive(join(2, [1, 2, 3], [], 5))],
    [13, "join during commit state", () => ringIn("commit").receive(join(2, [1, 2, 3], [], 5))],
    [14, "join during recovery", () => ringIn("recovery").receive(join(2, [1, 2, 3], [], 5))],
    [15, "interface change", () => new ScriptedRing().start()],
  ];
  for (const [number, text, enter] of reasons) {
    it(`${number}: ${text}`, () => {
      expect(enter().logs).toContain(`debug entering GATHER state from ${number}(${text}).`);
    });
  }
});

describe("entering GATHER (spec totem 6.1)", () => {
  it("forgets who agreed: consensus has to be reached anew", () => {
    const ring = ringIn("gather", { nodeId: 2 });
    ring
      .receive(join(1, [1, 2, 3], [], 1))
      .receive(join(1, [1, 2, 3], [], 1))
      .receive(join(3, [1, 2, 3, 4], [], 1));
    ring
      .receive(join(3, [1, 2, 3, 4], [], 1))
      .receive(join(4, [1, 2, 3, 4], [], 1))
      .forget();
    // Node 1 had agreed to another set.
    ring.pass(4380);
    expect(joinsOf(ring).at(-1)).toEqual(encoded(2, [2, 1, 3, 4], [1], 1));
  });

  it("drops ORF tokens until the next RECOVERY", () => {
    const ring = ringIn("operational");
    ring.ring.forceGather(ring.nowMs);
    expect(ring.forget().token().trace).toEqual([]);
  });
});

describe("joins (spec totem 6.2)", () => {
  it("carry the sequence of the own ring and both lists in the own order", () => {
    const ring = new ScriptedRing({ nodeId: 3 })
      .start(41)
      .receive(join(9, [9, 1], [], 7))
      .forget();
    expect(joinsOf(ring.pass(50))).toEqual([encoded(3, [3, 9, 1], [], 42)]);
  });

  it("come back to their sender, which makes a lone node form a ring, and not within the call", () => {
    const ring = new ScriptedRing().start();
    expect(ring.ring.state).toBe("gather");
    expect(ring.looped).toHaveLength(1);
    expect(ring.loopBack().ring.state).toBe("commit");
  });
});

describe("a received join (spec totem 6.3)", () => {
  it("raises the ring sequence that a new ring starts from, in every state, even where it is ignored", () => {
    for (const state of ["commit", "recovery", "operational"] as const) {
      // From a stranger that calls this node failed.
      const ring = ringIn(state).receive(join(9, [9, 1], [1], 1000));
      ring.ring.forceGather(ring.nowMs);
      ring.agree([1, 2, 3]);
      expect(ring.ring.ringId.sequence, state).toBe(1004);
    }
    const gathering = ringIn("gather")
      .receive(join(2, [2], [], 1000))
      .agree([1, 2]);
    expect(gathering.ring.ringId.sequence).toBe(1004);
  });

  it("of an old member with failed nodes makes them failed here", () => {
    const ring = ringIn("operational").receive(join(2, [1, 2, 3], [3], 5));
    expect(joinsOf(ring)).toEqual([encoded(1, [1, 2, 3], [3], 5)]);
  });

  it("with a leave is no consent", () => {
    const ring = ringIn("gather", { nodeId: 2 });
    ring
      .receive(join(1, [1, 2], [], 1))
      .receive(join(1, [1, 2], [], 1, true))
      .forget()
      .pass(4380);
    expect(joinsOf(ring).at(-1)).toEqual(encoded(2, [2, 1], [1], 1));
  });
});

describe("the consensus timeout (spec totem 6.4, 6.5)", () => {
  it("gives up who is silent, and not who agreed", () => {
    const ring = ringIn("gather");
    ring
      .receive(join(2, [1, 2, 3], [], 1))
      .receive(join(2, [1, 2, 3], [], 1))
      .forget()
      .pass(4380);
    expect(joinsOf(ring).at(-1)).toEqual(encoded(1, [1, 2, 3], [3], 1));
  });

  it("after agreement waits a token timeout for the commit token, then gives up who did not agree again", () => {
    const ring = ringIn("gather", { nodeId: 2 });
    ring
      .receive(join(1, [1, 2], [], 1))
      .receive(join(1, [1, 2], [], 1))
      .forget();
    ring.pass(4380 + 3649);
    expect(joinsOf(ring).at(-1)).toEqual(encoded(2, [2, 1], [], 1));
    expect(joinsOf(ring.pass(1)).at(-1)).toEqual(encoded(2, [2, 1], [1], 1));
  });

  it("ends when the commit token comes in time", () => {
    const ring = ringIn("gather", { nodeId: 2 });
    ring
      .receive(join(1, [1, 2], [], 1))
      .receive(join(1, [1, 2], [], 1))
      .pass(4400);
    ring.receive(commitToken({ representative: 1, sequence: 5 }, [1, 2], 1, 1));
    expect(ring.ring.state).toBe("commit");
  });
});

describe("foreign traffic (spec totem 6.6)", () => {
  it("counts its system_from as the sender, whoever passed it on", () => {
    const packet = mcast(9, FOREIGN, 1, "x");
    new DataView(packet.buffer).setUint32(5, 8, true);
    expect(ringIn("gather").receive(packet).ring.processors).toEqual([1, 9]);
  });

  it("is dropped and counted in COMMIT and RECOVERY", () => {
    for (const state of ["commit", "recovery"] as const) {
      const ring = ringIn(state).receive(mcast(9, FOREIGN, 1, "x"));
      expect(ring.ring.counters.rx_msg_dropped).toBe(1);
      expect(ring.ring.processors).not.toContain(9);
    }
  });
});
