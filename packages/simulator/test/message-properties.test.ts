import { describe, expect, it } from "vitest";
import { MessageOrder } from "../src/message-order.ts";
import { broken, HandMadeTrace, mcast, rejects, ring } from "./hand-made-trace.ts";

/** Nodes 1 and 2 in ring 1.4, and what node 1 sends there. */
function pair(count: number) {
  const trace = new HandMadeTrace();
  const [first, second] = trace.start([1, 2], ring(4));
  const messages = Array.from({ length: count }, () => trace.send(first!));
  return { trace, first: first!, second: second!, messages };
}

describe("messages (spec totem 19)", () => {
  it("what both deliver in the order of the ring, before and after a change, is accepted", () => {
    const { trace, first, second, messages } = pair(3);
    const accepted = () => {
      for (const checks of [first, second]) {
        trace.deliver(checks, messages[0]!);
        trace.deliver(checks, messages[1]!);
        checks.committed(ring(8));
      }
      for (const checks of [first, second])
        trace.install(checks, ring(8), [1, 2], [1, 2], () => trace.deliver(checks, messages[2]!));
      const last = trace.send(second);
      for (const checks of [first, second]) trace.deliver(checks, last);
      for (const checks of [first, second]) checks.atRest();
    };
    expect(broken(accepted)).toBeNull();
  });

  it("M1: what is delivered was sent, as it is; what leaves was multicast, once", () => {
    const { trace, first, second, messages } = pair(1);
    const damaged = messages[0]!.slice();
    damaged[0]! ^= 1;
    rejects("M1", () => trace.deliver(second, damaged));
    rejects("M1", () => trace.packet(first, [messages[0]!]));
    rejects("M1", () => trace.packet(second, [trace.multicast(first)]));
    rejects("M1", () => first.complained("node 2", "totempg: lengths do not add up"));
    expect(broken(() => first.complained("node 2", "length 3"))).toBeNull();
  });

  it("M1, M3: once, and in its ring", () => {
    const { trace, first, second, messages } = pair(2);
    for (const checks of [first, second]) trace.deliver(checks, messages[0]!);
    trace.deliver(second, messages[1]!);
    trace.deliver(first, messages[1]!);
    rejects("M3", () => trace.deliver(second, messages[0]!));
    trace.step([first, second], ring(8), [1, 2]);
    rejects("M3", () => trace.deliver(second, messages[1]!));
  });

  it("M3: its sender is a member", () => {
    const trace = new HandMadeTrace();
    const [first] = trace.start([1], ring(4));
    const [second] = trace.start([2], ring(4, 2));
    const message = trace.send(second!);
    rejects("M3", () => trace.deliver(first!, message));
  });

  it("M2, M4: in one order, and without a hole", () => {
    const { trace, second, messages } = pair(3);
    trace.deliver(second, messages[0]!);
    rejects("M4", () => trace.deliver(second, messages[2]!));
  });

  it("M5: who goes together delivered the same, before and after the transitional configuration", () => {
    for (const missing of ["before", "after"] as const) {
      const { trace, first, second, messages } = pair(2);
      trace.deliver(first, messages[0]!);
      if (missing === "after") trace.deliver(second, messages[0]!);
      for (const checks of [first, second]) checks.committed(ring(8));
      trace.install(first, ring(8), [1, 2], [1, 2], () => trace.deliver(first, messages[1]!));
      rejects("M5", () =>
        trace.install(second, ring(8), [1, 2], [1, 2], () => {
          if (missing === "before") trace.deliver(second, messages[1]!);
        }),
      );
    }
  });

  it("M6: after the transitional configuration only messages of those who are in it", () => {
    const { trace, second, messages } = pair(1);
    second.committed(ring(8, 2));
    rejects("M6", () =>
      trace.install(second, ring(8, 2), [2], [2], () => trace.deliver(second, messages[0]!)),
    );
  });

  it("M7: what was multicast leaves, and comes back", () => {
    const { trace, first } = pair(0);
    trace.multicast(first);
    rejects("M7", () => first.atRest());
  });

  it("M8: in a ring that stays, everything reaches everybody", () => {
    const { trace, first, second, messages } = pair(1);
    trace.deliver(first, messages[0]!);
    expect(broken(() => first.atRest())).toBeNull();
    rejects("M8", () => second.atRest());
  });

  it("M9: messages of a sender leave in their order, those of each queue", () => {
    const { trace, first } = pair(0);
    const [one, two] = [trace.multicast(first), trace.multicast(first)];
    rejects("M9", () => trace.packet(first, [two, one]));
    const queues = pair(0);
    const normal = queues.trace.multicast(queues.first);
    queues.first.life.synchronizing = true;
    const urgent = queues.trace.multicast(queues.first);
    queues.first.life.synchronizing = false;
    expect(broken(() => queues.trace.packet(queues.first, [urgent, normal]))).toBeNull();
  });

  it("M10: nothing comes before what its sender had delivered", () => {
    const { trace, first, second, messages } = pair(1);
    const old = first.life.ring!;
    for (const checks of [first, second]) trace.deliver(checks, messages[0]!);
    trace.step([first, second], ring(8), [1, 2]);
    trace.deliver(first, trace.send(first));
    const effect = trace.multicast(first);
    const order = new MessageOrder();
    const packet = mcast(1, "1.4", 2, 10 + effect.length);
    packet.view.setUint16(51, 1, true);
    packet.view.setUint16(53, effect.length, true);
    packet.bytes.set(effect, 55);
    rejects("M10", () => order.packet(first.life, old, 2, packet.view));
  });
});

describe("a message that configuration changes cut", () => {
  /** Nodes 1 and 4 in ring 47, where node 4 sends the head of a message. */
  function cut() {
    const trace = new HandMadeTrace();
    const [first, fourth] = trace.start([1, 4], ring(47));
    const message = trace.multicast(fourth!);
    trace.packet(fourth!, [message.subarray(0, 9)], 1);
    return { trace, first: first!, fourth: fourth!, message };
  }

  it("is left out by a node that took another way since its beginning, however long ago they met again", () => {
    const { trace, first, fourth, message } = cut();
    for (const checks of [first, fourth]) checks.committed(ring(51));
    trace.install(first, ring(51), [1, 4], [1, 4]); // node 4 gives this ring up
    for (const checks of [first, fourth]) checks.committed(ring(55));
    trace.install(fourth, ring(55), [1, 4], [4]);
    trace.install(first, ring(55), [1, 4], [1]);
    trace.step([first, fourth], ring(59), [1, 4]);
    trace.packet(fourth, [message.subarray(9)], 0, 1);
    const next = trace.send(fourth);
    const accepted = () => {
      trace.deliver(fourth, message);
      for (const checks of [first, fourth]) trace.deliver(checks, next);
      trace.step([first, fourth], ring(63), [1, 4]);
    };
    expect(broken(accepted)).toBeNull();
  });

  it("is delivered by all who went the same way", () => {
    const { trace, first, fourth, message } = cut();
    trace.step([first, fourth], ring(51), [1, 4]);
    trace.packet(fourth, [message.subarray(9)], 0, 1);
    const next = trace.send(fourth);
    rejects("M4", () => trace.deliver(first, next));
    expect(broken(() => trace.deliver(fourth, message))).toBeNull();
    expect(broken(() => trace.deliver(fourth, next))).toBeNull();
  });

  it("goes on where it stopped", () => {
    const { trace, fourth, message } = cut();
    rejects("M1", () => trace.packet(fourth, [message.subarray(9)], 0, 2));
  });
});
