import { describe, expect, it } from "vitest";
import type { Inner } from "../src/inner-checker.ts";
import type { RingChecks } from "../src/ring-checks.ts";
import { broken, HandMadeTrace, mcast, rejects, ring, token } from "./hand-made-trace.ts";

const SIZES = {
  regularSlots: 256,
  recoverySlots: 256,
  oversizePackets: 0,
  recoveryQueue: 0,
  nodes: 3,
  callbacks: 1,
  normalQueueBytes: 0,
  transitionalQueueBytes: 0,
  normalAssemblies: 3,
  transitionalAssemblies: 3,
  assemblyBytes: 0,
};

/** The inside of a node that is operational in ring 1.4. */
function inside(changes: {
  state?: string;
  aru?: number;
  freedTo?: number;
  undelivered?: number[];
  sizes?: object;
}): Inner {
  return {
    state: changes.state ?? "operational",
    observation: {
      ring: ring(4),
      aru: changes.aru ?? 0,
      freedTo: changes.freedTo ?? 0,
      undeliveredOldPackets: () => changes.undelivered ?? [],
      sizes: { ...SIZES, ...changes.sizes },
    },
  };
}

/** Nodes 1, 2 and 3 in ring 1.4, whose initial token node 1 has sent. */
function three() {
  const trace = new HandMadeTrace();
  const lives = trace.start([1, 2, 3], ring(4));
  const [first, second, third] = lives as [RingChecks, RingChecks, RingChecks];
  first.tokenSent(2, token("1.4", { tokenSeq: 0 }));
  return { trace, first, second, third };
}

describe("the ring from inside (spec totem 19, white box)", () => {
  it("W1: a sequence names one packet, in the ring of its sender, and none is left out", () => {
    const { trace, first, second } = three();
    trace.send(first);
    rejects("W1", () => trace.packet(second, [trace.multicast(second)], 0, 0, 1));
    rejects("W1", () => trace.packet(second, [trace.multicast(second)], 0, 0, 3));
    rejects("W1", () => second.mcastSent(mcast(2, "1.8", 2, 10)));
    rejects("W1", () => second.mcastSent(mcast(3, "1.4", 2, 10)));
    const again = trace.packet(second, [trace.multicast(second)], 0, 0, 2);
    expect(broken(() => first.mcastSent(again))).toBeNull();
    rejects("W1", () => second.tokenSent(3, token("1.4", { tokenSeq: 1, seq: 1, fcc: 1 })));
  });

  it("W2: the token goes round, each has one sender and one content", () => {
    const { first, second } = three();
    const next = token("1.4", { tokenSeq: 1 });
    expect(broken(() => second.tokenSent(3, next))).toBeNull();
    expect(broken(() => second.tokenSent(3, next))).toBeNull();
    rejects("W2", () => second.tokenSent(3, token("1.4", { tokenSeq: 1, backlog: 7 })));
    rejects("W2", () => first.tokenSent(2, token("1.4", { tokenSeq: 2 })));
    rejects("W2", () => three().second.tokenSent(1, next));
    rejects("W2", () => three().third.tokenSent(1, token("1.4", { tokenSeq: 1 })));
    rejects("W2", () => three().second.tokenSent(3, token("1.4", { tokenSeq: 2 })));
    rejects("W2", () => three().second.tokenSent(3, token("1.8", { tokenSeq: 1 })));
  });

  it("W3: only who has less lowers the aru, and only who lowered it raises it", () => {
    const lowered = () => {
      const { trace, first, second, third } = three();
      for (let i = 0; i < 5; i++) trace.send(second);
      second.tokenSent(3, token("1.4", { tokenSeq: 1, seq: 5, fcc: 5, aru: 5 }));
      third.tokenSent(1, token("1.4", { tokenSeq: 2, seq: 5, fcc: 5, aru: 3, aruAddr: 3 }));
      return first;
    };
    const passes = (aru: number, aruAddr: number) => () =>
      lowered().tokenSent(2, token("1.4", { tokenSeq: 3, seq: 5, fcc: 5, aru, aruAddr }));
    expect(broken(passes(3, 3))).toBeNull();
    expect(broken(passes(2, 1))).toBeNull();
    rejects("W3", passes(3, 1));
    rejects("W3", passes(5, 0));
    rejects("W3", passes(4, 3));
  });

  it("W3: a packet is freed when all members have it", () => {
    const { first, second, third } = three();
    first.life.inner = inside({ aru: 5 });
    third.life.inner = inside({ aru: 4 });
    second.life.inner = inside({ aru: 5, freedTo: 4 });
    expect(broken(() => second.tokenSent(3, token("1.4", { tokenSeq: 1 })))).toBeNull();
    third.life.inner = inside({ aru: 5, freedTo: 6 });
    rejects("W3", () => third.tokenSent(1, token("1.4", { tokenSeq: 2 })));
  });

  it("W4: fcc and backlog are the sums of the nodes' shares, within the window", () => {
    const { trace, second } = three();
    for (let i = 0; i < 2; i++) trace.send(second);
    rejects("W4", () => second.tokenSent(3, token("1.4", { tokenSeq: 1, seq: 2, fcc: 1 })));
    const other = three();
    for (let i = 0; i < 18; i++) other.trace.send(other.second);
    rejects("W4", () => other.second.tokenSent(3, token("1.4", { tokenSeq: 1, seq: 18, fcc: 18 })));
    const third = three();
    third.second.tokenSent(3, token("1.4", { tokenSeq: 1, backlog: 4 }));
    rejects("W4", () => third.third.tokenSent(1, token("1.4", { tokenSeq: 2, backlog: 2 })));
  });

  it("W5: who enters a ring together holds the same packets of the old one", () => {
    for (const [seqs, property] of [
      [[7, 9], null],
      [[7], "W5"],
    ] as const) {
      const { trace, first, second } = three();
      first.life.inner = inside({ undelivered: [7, 9] });
      second.life.inner = inside({ undelivered: [...seqs] });
      for (const checks of [first, second]) checks.committed(ring(8));
      trace.install(first, ring(8), [1, 2], [1, 2]);
      expect(broken(() => trace.install(second, ring(8), [1, 2], [1, 2]))).toBe(property);
    }
  });

  it("W6: a token has no effect in GATHER", () => {
    const { trace, second } = three();
    const arrives = token("1.4", { tokenSeq: 0 });
    second.life.inner = inside({ state: "gather" });
    second.receives(arrives);
    rejects("W6", () => second.tokenSent(3, token("1.4", { tokenSeq: 1 })));
    rejects("W6", () => trace.send(second));
    second.received();
    second.receives(arrives);
    second.life.inner = inside({ state: "operational" });
    rejects("W6", () => second.received());
  });

  it("L4: where only packets suffer, a token that was lost often enough ends a ring, and nothing else", () => {
    for (const [copies, property] of [
      [4, null],
      [2, "L4"],
    ] as const) {
      const { trace, first } = three();
      trace.cluster.tokenCopiesMin = 4;
      for (let i = 1; i < copies; i++) first.tokenSent(2, token("1.4", { tokenSeq: 0 }));
      expect(broken(() => trace.step([first], ring(8), [1], [1]))).toBe(property);
    }
  });

  it("memory: every queue and list keeps its bound, and is empty at rest", () => {
    for (const [name, size] of [
      ["regularSlots", 16_385],
      ["recoveryQueue", 16_385],
      ["normalQueueBytes", 5_000_000],
      ["normalAssemblies", 385],
      ["nodes", 385],
      ["callbacks", 65],
    ] as const) {
      const { trace, first } = three();
      first.life.inner = inside({ sizes: { [name]: size } });
      rejects("memory", () => trace.step([first], ring(8), [1], [1]));
    }
    const { first } = three();
    first.life.inner = inside({});
    expect(broken(() => first.atRest())).toBeNull();
    first.life.inner = inside({ sizes: { normalQueueBytes: 1 } });
    rejects("L1", () => first.atRest());
  });
});
