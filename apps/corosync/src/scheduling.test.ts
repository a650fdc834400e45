import { describe, expect, it } from "vitest";
import { applyScheduling } from "./scheduling.ts";

const MEMORY = "Could not lock memory of service to avoid page faults: Function not implemented (38)";
const REALTIME = "Could not set SCHED_RR at priority 99: Function not implemented (38)";

function apply(realtimeScheduling: boolean, priority: number | "max" | "min" | null, allowed = true) {
  const warnings: string[] = [];
  const set: number[] = [];
  applyScheduling(
    { realtimeScheduling, priority },
    (text) => warnings.push(text),
    (nice) => {
      if (!allowed) throw Object.assign(new Error("setpriority"), { errno: -13, code: "EACCES" });
      set.push(nice);
    },
  );
  return { warnings, set };
}

describe("applyScheduling", () => {
  it("says that there is no real-time scheduling, and takes the highest priority instead", () => {
    expect(apply(true, null)).toEqual({ set: [-20], warnings: [REALTIME, MEMORY] });
  });

  it.each([
    ["max", [-20]],
    ["min", [19]],
    [5, [5]],
    [-100, [-20]],
    [null, []],
  ] as const)("without real-time scheduling takes priority %s", (priority, set) => {
    expect(apply(false, priority)).toEqual({ set, warnings: [MEMORY] });
  });

  it("goes on when the system refuses", () => {
    expect(apply(false, "max", false).warnings).toEqual([
      "Could not set priority -20: Permission denied (13)",
      MEMORY,
    ]);
  });
});
