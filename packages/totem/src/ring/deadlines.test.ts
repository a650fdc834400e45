import { expect, it } from "vitest";
import { Deadlines, Timer, type TimerId } from "./deadlines.ts";

it("fires what is due, earliest first, and asks for one wake-up", () => {
  const requested: number[] = [];
  const deadlines = new Deadlines((at) => requested.push(at));
  deadlines.arm(Timer.token, 100);
  deadlines.arm(Timer.hold, 50);
  deadlines.arm(Timer.token, 200);
  expect(requested).toEqual([100, 50]);
  const fired: TimerId[] = [];
  deadlines.wake(49, (timer) => fired.push(timer));
  expect(fired).toEqual([]);
  deadlines.wake(250, (timer) => fired.push(timer));
  expect(fired).toEqual([Timer.hold, Timer.token]);
  expect(deadlines.isArmed(Timer.token)).toBe(false);
});

it("asks again after an early wake-up, and lets a timer be re-armed or cancelled while it fires", () => {
  const requested: number[] = [];
  const deadlines = new Deadlines((at) => requested.push(at));
  deadlines.arm(Timer.join, 10);
  deadlines.arm(Timer.consensus, 10);
  let fired = 0;
  deadlines.wake(12, (timer) => {
    fired++;
    if (timer === Timer.join) {
      deadlines.arm(Timer.join, 60);
      deadlines.cancel(Timer.consensus);
    }
  });
  expect(fired).toBe(1);
  expect(requested.at(-1)).toBe(60);
});
