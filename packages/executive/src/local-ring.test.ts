import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { LocalRing } from "./local-ring.ts";

/** A ring whose turns the test runs. */
function ringOf(queueBytes?: number) {
  const turns: (() => void)[] = [];
  const schedule = (turn: () => void) => turns.push(turn);
  const ring = new LocalRing({ nodeId: 7, schedule, ...(queueBytes === undefined ? {} : { queueBytes }) });
  const seen: string[] = [];
  const group = ring.join("a", {
    deliver: (nodeId, message) => seen.push(`${nodeId} ${Buffer.from(message.copy())}`),
    configurationChanged: (change) => seen.push(`${change.kind} ${change.members}`),
  });
  const turn = () => {
    for (const run of turns.splice(0)) run();
  };
  return { ring, group, seen, turn };
}

const span = (text: string) => new ByteSpan(Uint8Array.from(Buffer.from(text)));

describe("a ring of one node", () => {
  it("installs its configuration, then delivers in order, never within the call", () => {
    const { ring, group, seen, turn } = ringOf();
    expect(group.multicast(span("a"), span("b"))).toBe(true);
    let works = 0;
    ring.afterToken(() => ++works === 2);
    expect(seen).toEqual([]);
    turn();
    group.multicast(span("c"));
    turn();
    turn();
    expect(seen).toEqual(["transitional 7", "regular 7", "7 ab", "7 c"]);
    expect(works).toBe(2);
  });

  it("refuses what exceeds its queue, and tells how full it is", () => {
    const { ring, group, turn } = ringOf(100);
    const levels: string[] = [];
    ring.onQueueLevel((level) => levels.push(level));
    expect(group.multicast(span("x".repeat(80)))).toBe(true);
    expect(group.multicast(span("x".repeat(30)))).toBe(false);
    turn();
    expect(group.multicast(span("x".repeat(30)))).toBe(true);
    expect(levels).toEqual(["critical", "low"]);
  });

  it("is silent after it was left", () => {
    const { ring, group, seen, turn } = ringOf();
    ring.leave();
    expect(group.multicast(span("a"))).toBe(false);
    turn();
    expect(seen).toEqual([]);
  });
});
