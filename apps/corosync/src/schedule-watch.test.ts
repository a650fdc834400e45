import { describe, expect, it } from "vitest";
import { scheduleComplaint, watchSchedule } from "./schedule-watch.ts";

describe("the schedule watch", () => {
  it("says in the C daemon's words how long the process did not run", () => {
    expect(scheduleComplaint(800, 800, 1)).toBeNull();
    expect(scheduleComplaint(1234.5678, 800, 1700000000123)).toBe(
      "Corosync main process was not scheduled (@1700000000123) for 1234.5678 ms (threshold is 800.0000 ms). Consider token timeout increase.",
    );
  });

  it("notices a blocked event loop", async () => {
    const text = await new Promise<string>((resolve) => {
      const end = watchSchedule(30, (line) => {
        end();
        resolve(line);
      });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    });
    expect(text).toMatch(/was not scheduled .* \(threshold is 24\.0000 ms\)/);
  });
});
