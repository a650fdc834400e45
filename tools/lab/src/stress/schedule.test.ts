import { describe, expect, it } from "vitest";
import { faultSchedule, type ScheduledFault } from "./schedule.ts";

const OPTIONS = { seed: 7, hostCount: 5, durationMs: 300_000, tokenTimeoutMs: 1000 };

function hostsOf({ fault }: ScheduledFault): number[] {
  return [...(fault.kind === "cut" ? fault.parts.flat() : fault.hosts)].sort();
}

describe("faultSchedule", () => {
  it("is the same for the same seed, another for another", () => {
    expect(faultSchedule(OPTIONS)).toEqual(faultSchedule(OPTIONS));
    expect(faultSchedule({ ...OPTIONS, seed: 8 })).not.toEqual(faultSchedule(OPTIONS));
  });

  it("has every kind of fault, one after the other, all over in time", () => {
    const { processes, network } = faultSchedule(OPTIONS);
    const kinds = (faults: readonly ScheduledFault[]) => new Set(faults.map(({ fault }) => fault.kind));
    expect(kinds(processes)).toEqual(new Set(["kill", "leave", "pause"]));
    expect(kinds(network)).toEqual(new Set(["cut", "loss"]));
    for (const faults of [processes, network]) {
      let time = 0;
      for (const { startMs, endMs } of faults) {
        expect(startMs).toBeGreaterThanOrEqual(time);
        expect(endMs).toBeGreaterThan(startMs);
        time = endMs;
      }
      expect(time).toBeLessThanOrEqual(OPTIONS.durationMs);
    }
  });

  it("pauses for up to two token timeouts, and cuts all hosts into parts", () => {
    const { processes, network } = faultSchedule(OPTIONS);
    const pauses = processes.filter(({ fault }) => fault.kind === "pause");
    for (const { startMs, endMs } of pauses) expect(endMs - startMs).toBeLessThanOrEqual(2000);
    expect(Math.max(...pauses.map(({ startMs, endMs }) => endMs - startMs))).toBeGreaterThan(1000);
    for (const cut of network.filter(({ fault }) => fault.kind === "cut")) {
      expect(hostsOf(cut)).toEqual([1, 2, 3, 4, 5]);
    }
  });
});
