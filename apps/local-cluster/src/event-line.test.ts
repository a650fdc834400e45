import { describe, expect, it } from "vitest";
import { type ClusterEvent, eventLine } from "./event-line.ts";

const timeMs = new Date(2024, 0, 2, 3, 4, 5, 67).getTime();
const event: ClusterEvent = { timeMs, node: 2, kind: "ring", text: "ring 1.8, members 1 2 3" };

describe("eventLine", () => {
  it("aligns time, node, event and text", () => {
    expect(eventLine(event, false)).toBe("03:04:05.067  node 2   ring     ring 1.8, members 1 2 3");
    const whole: ClusterEvent = { timeMs, node: null, kind: "network", text: "cut" };
    expect(eventLine(whole, false)).toBe("03:04:05.067  cluster  network  cut");
  });

  it("says the same with colours", () => {
    const coloured = eventLine(event, true);
    expect(coloured).not.toBe(eventLine(event, false));
    expect(
      coloured
        .split("\u001b")
        .map((part) => part.replace(/^\[\d*m/, ""))
        .join(""),
    ).toBe(eventLine(event, false));
  });

  it("shows control characters as dots", () => {
    expect(eventLine({ ...event, text: "a\u001b[2Jb\nc" }, false)).toMatch(/a·\[2Jb·c$/);
  });
});
