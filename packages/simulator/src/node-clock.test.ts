import { expect, it } from "vitest";
import { NodeClock } from "./node-clock.ts";

it("runs at its rate from its offset on, does not jump when the rate changes, and knows when it shows a time", () => {
  const time = { nowMs: 1000 };
  const clock = new NodeClock(time, 1.1, 500);
  expect(clock.nowMs()).toBe(1500);
  time.nowMs = 2000;
  expect(clock.nowMs()).toBeCloseTo(2600);
  clock.rate = 0.5;
  expect(clock.nowMs()).toBeCloseTo(2600);
  time.nowMs = 3000;
  expect(clock.nowMs()).toBeCloseTo(3100);
  expect(clock.virtualTimeOf(3200)).toBeCloseTo(3200);
});
