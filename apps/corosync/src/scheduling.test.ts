import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { applyScheduling, runsInRealtime } from "./scheduling.ts";

const REFUSED = "warning Could not set SCHED_RR at priority 99: Operation not permitted (1)";

function refusal(code: string, errno: number): Error {
  return Object.assign(new Error(code), { code, errno: -errno });
}

interface Machine {
  /** Attempts at real-time that the system refuses before it allows one; null without native calls. */
  readonly realtimeRefusals?: number | null;
  readonly niceAllowed?: boolean;
  readonly isRealtime?: boolean;
}

function apply(
  wanted: { rr: boolean; priority?: number | "max" | "min"; cgroup?: "yes" | "no" | "auto" },
  { realtimeRefusals = 0, niceAllowed = true, isRealtime = false }: Machine = {},
): string[] {
  const events: string[] = [];
  let refusals = realtimeRefusals ?? 0;
  const setRealtimePriority = (priority: number) => {
    if (refusals-- > 0) throw refusal("EPERM", 1);
    events.push(`realtime ${priority}`);
  };
  applyScheduling(
    {
      realtimeScheduling: wanted.rr,
      priority: wanted.priority ?? null,
      moveToRootCgroup: wanted.cgroup ?? "auto",
    },
    {
      native: realtimeRefusals === null ? null : { maxRealtimePriority: 99, setRealtimePriority },
      setNice: (nice) => {
        if (!niceAllowed) throw refusal("EACCES", 13);
        events.push(`nice ${nice}`);
      },
      isRealtime,
      moveToRootCgroup: () => events.push("root cgroup"),
    },
    (level, text) => events.push(`${level} ${text}`),
  );
  return events;
}

it("knows whether it runs in real-time", () => {
  const policy = spawnSync("chrt", ["-p", String(process.pid)], { encoding: "utf8" }).stdout;
  expect(runsInRealtime()).toBe(/SCHED_(RR|FIFO)/.test(policy));
});

describe("applyScheduling", () => {
  it("takes the highest real-time priority", () => {
    expect(apply({ rr: true })).toEqual(["realtime 99"]);
    expect(apply({ rr: true, cgroup: "no" })).toEqual(["realtime 99"]);
  });

  it("moves to the root cgroup first when told to", () => {
    expect(apply({ rr: true, cgroup: "yes" })).toEqual(["root cgroup", "realtime 99"]);
    expect(apply({ rr: false, cgroup: "yes" })).toEqual(["root cgroup"]);
  });

  it("moves there and tries again when it was refused, if left to decide", () => {
    expect(apply({ rr: true }, { realtimeRefusals: 1 })).toEqual(["root cgroup", "realtime 99"]);
    expect(apply({ rr: true }, { realtimeRefusals: 2 })).toEqual(["root cgroup", REFUSED, "nice -20"]);
  });

  it("takes the highest nice priority when it is refused", () => {
    expect(apply({ rr: true, cgroup: "no" }, { realtimeRefusals: 1 })).toEqual([REFUSED, "nice -20"]);
    expect(apply({ rr: true }, { realtimeRefusals: null })).toEqual(["nice -20"]);
  });

  it("leaves a real-time priority from outside as it is where it cannot set one", () => {
    expect(apply({ rr: true }, { realtimeRefusals: null, isRealtime: true })).toEqual([]);
    expect(apply({ rr: false, priority: 5 }, { realtimeRefusals: null, isRealtime: true })).toEqual([
      "nice 5",
    ]);
  });

  it.each([
    ["max", ["nice -20"]],
    ["min", ["nice 19"]],
    [5, ["nice 5"]],
    [-100, ["nice -20"]],
    [undefined, []],
  ] as const)("without real-time scheduling takes priority %s", (priority, events) => {
    expect(apply(priority === undefined ? { rr: false } : { rr: false, priority })).toEqual(events);
  });

  it("goes on when the system refuses everything", () => {
    expect(apply({ rr: true, cgroup: "no" }, { realtimeRefusals: 1, niceAllowed: false })).toEqual([
      REFUSED,
      "warning Could not set priority -20: Permission denied (13)",
    ]);
  });
});
