import { describe, expect, it } from "vitest";
import type { RingChecks } from "../src/ring-checks.ts";
import { broken, HandMadeTrace, rejects, ring } from "./hand-made-trace.ts";

const NOBODY = { left: [], joined: [] } as const;

function transitional(checks: RingChecks, sequence: number, members: readonly number[] = []): void {
  checks.changed({ kind: "transitional", members, ...NOBODY, ringId: ring(sequence) });
}

function regular(checks: RingChecks, sequence: number, members: readonly number[], joined = members): void {
  checks.changed({ kind: "regular", members, left: [], joined, ringId: ring(sequence) });
}

/** Node 1 has started and gets to COMMIT for ring 1.4. */
function started(storedSequence = 0): RingChecks {
  const checks = new HandMadeTrace().begin(1, storedSequence);
  checks.committed(ring(4));
  return checks;
}

describe("configurations (spec totem 19)", () => {
  it("a start, a merge and a split are accepted", () => {
    const trace = new HandMadeTrace();
    const accepted = () => {
      const [first, second] = trace.start([1, 2], ring(4));
      const [third] = trace.start([3], ring(4, 3));
      for (const checks of [first!, second!, third!]) checks.committed(ring(8));
      trace.install(first!, ring(8), [1, 2, 3], [1, 2]);
      trace.install(third!, ring(8), [1, 2, 3], [3]);
      trace.install(second!, ring(8), [1, 2, 3], [1, 2]);
      trace.step([first!], ring(12), [1]);
    };
    expect(broken(accepted)).toBeNull();
  });

  it("C1: each regular configuration follows its transitional, and nothing is delivered before the first", () => {
    const twice = started();
    transitional(twice, 4);
    rejects("C1", () => transitional(twice, 8));
    rejects("C1", () => regular(started(), 4, [1]));
    const other = started();
    transitional(other, 4);
    rejects("C1", () => regular(other, 8, [1]));
    rejects("C1", () => started().delivered(1, { nodeId: 1, life: 1, number: 0, hash: 0 }, 0));
  });

  it("C2: configurations contain the node itself, are sorted, and their changes add up", () => {
    rejects("C2", () => transitional(started(), 4, [1]));
    for (const [members, joined] of [
      [
        [2, 3],
        [2, 3],
      ],
      [
        [2, 1],
        [2, 1],
      ],
      [
        [1, 1],
        [1, 1],
      ],
      [[1, 2], [2]],
    ] as const) {
      const checks = started();
      transitional(checks, 4);
      rejects("C2", () => regular(checks, 4, members, joined as readonly number[]));
    }
    const trace = new HandMadeTrace();
    const [first] = trace.start([1, 2], ring(4));
    rejects("C2", () => transitional(first!, 8, [2]));
    const [again] = new HandMadeTrace().start([1, 2], ring(4));
    rejects("C2", () => transitional(again!, 8, [1])); // who left is not named
  });

  it("C3: a ring has one membership, and its lowest node represents it", () => {
    const trace = new HandMadeTrace();
    const lives = [1, 2, 3].map((id) => trace.begin(id));
    for (const checks of lives) checks.committed(ring(4));
    trace.install(lives[0]!, ring(4), [1, 2], []);
    rejects("C3", () => trace.install(lives[1]!, ring(4), [1, 2, 3], []));
    const alone = new HandMadeTrace();
    const second = alone.begin(2);
    second.committed(ring(4));
    rejects("C3", () => alone.install(second, ring(4), [2], []));
  });

  it("C4: ring sequences grow, from life to life while the disk keeps them", () => {
    const trace = new HandMadeTrace();
    const [first] = trace.start([1], ring(8));
    rejects("C4", () => transitional(first!, 8, [1]));
    rejects("C4", () => transitional(started(4), 4));
    expect(broken(() => transitional(started(3), 4))).toBeNull();
  });

  it("C5: together are those who come from the same ring, and nobody else", () => {
    const trace = new HandMadeTrace();
    const [first] = trace.start([1], ring(4));
    const [second] = trace.start([2], ring(4, 2));
    for (const checks of [first!, second!]) checks.committed(ring(8));
    trace.install(first!, ring(8), [1, 2], [1]);
    expect(broken(() => trace.install(second!, ring(8), [1, 2], [2]))).toBeNull();

    const parted = new HandMadeTrace();
    const [one, two] = parted.start([1, 2], ring(4));
    for (const checks of [one!, two!]) checks.committed(ring(8));
    parted.install(one!, ring(8), [1, 2], [1, 2]);
    rejects("C5", () => parted.install(two!, ring(8), [1, 2], [2]));

    const strangers = new HandMadeTrace();
    const [left, right] = strangers.start([1, 2], ring(4));
    strangers.step([left!], ring(8), [1]);
    for (const checks of [left!, right!]) checks.committed(ring(12));
    strangers.install(left!, ring(12), [1, 2], [1]);
    rejects("C5", () => strangers.install(right!, ring(12), [1, 2], [1, 2]));
  });

  it("C6: a ring is installed when all its members got to COMMIT for it", () => {
    const trace = new HandMadeTrace();
    const first = trace.begin(1);
    first.committed(ring(4));
    rejects("C6", () => trace.install(first, ring(4), [1, 2], []));
    const unasked = new HandMadeTrace();
    const second = unasked.begin(2);
    rejects("C6", () => unasked.install(second, ring(4), [1, 2], []));
  });

  it("of a node that lost its ring sequence are told from those of its life before", () => {
    const trace = new HandMadeTrace();
    const [first] = trace.start([1], ring(4));
    first!.life.alive = false;
    const again = trace.begin(1);
    trace.step([again], ring(4), [1], []);
    expect(again.life.ring).not.toBe(first!.life.ring);
    expect(again.life.ring?.ambiguous).toBe(false);
    // Node 2 is still in the ring whose name is used again: nothing can be promised there.
    const other = new HandMadeTrace();
    const [one, two] = other.start([1, 2], ring(4));
    one!.life.alive = false;
    other.step([other.begin(1)], ring(4), [1], []);
    expect(two!.life.ring?.ambiguous).toBe(true);
  });
});
