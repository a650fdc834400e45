import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readCommand } from "../src/command-line.ts";
import { shrinkFailure } from "../src/failing-seed.ts";
import { runSimulation, type SimulationOptions, type TraceEvent, Violation } from "../src/index.ts";
import { shrinkFaults } from "../src/shrink.ts";
import { LIVELY } from "./run-cluster.ts";

const PROGRAM = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const HOURS = 0.003;

/** A planted checker: once all are together, node 3 may not see a ring without node 5. */
function nobodyMisses5({ nowMs, nodeId, kind, text }: TraceEvent): void {
  const members = text.slice(text.indexOf(":") + 1);
  if (kind === "regular" && nodeId === 3 && nowMs > 1000 && !members.includes("5"))
    throw new Violation("PLANTED", text);
}

/** The words of a command as a shell would pass them on. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

function simulate(args: readonly string[]): string {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: "utf8" }).stdout;
}

describe("a seed that fails", { timeout: 120_000 }, () => {
  it("is brought down to a fault or two that break a planted checker, and fails again with them", async () => {
    const options: SimulationOptions = {
      seed: 4,
      nodeCount: 5,
      durationMs: HOURS * 3_600_000,
      profile: { ...LIVELY, load: 5, pauses: 1, slowdowns: 1, spells: 0.5, crashes: 1 },
      check: nobodyMisses5,
    };
    const failed = await runSimulation(options);
    expect(failed.violation).toMatchObject({ property: "PLANTED" });
    expect(failed.faults.length).toBeGreaterThan(8);
    const { faults, hours, noise, result } = await shrinkFailure(options, HOURS, failed);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(2);
    const again = await runSimulation({ ...options, faults, noise, durationMs: hours * 3_600_000 });
    expect(again.violation?.message).toBe(result.violation?.message);
    expect(again.traceHash).toBe(result.traceHash);
  });

  it("prints a command that replays it bit for bit, options and schedule included", () => {
    // A token that takes longer than the token timeout: no ring of three can form.
    const args = "--seed 5 --nodes 3 --hours 0.0005 --profile calm --delay 150 --token-timeout 200".split(
      " ",
    );
    const output = simulate([...args, "--schedule", '[{"kind":"pause","atMs":500,"node":2,"forMs":100}]']);
    expect(output).toContain("seed 5: FAILED L1: ");
    const replays = [...output.matchAll(/replay: npm run simulate -- (.*)/g)].map((match) =>
      words(match[1]!),
    );
    expect(replays).toHaveLength(2);
    expect(readCommand(replays[0]!).schedule).toHaveLength(1);
    expect(readCommand(replays[1]!).schedule).toEqual([]);
    const hash = /trace ([0-9a-f]+)/.exec(output)![1];
    expect(simulate([...replays[0]!, "--no-shrink"])).toContain(`trace ${hash}`);
    expect(simulate([...replays[1]!, "--no-shrink"])).toContain("FAILED L1: ");
  });
});

describe("shrinking", () => {
  const faults = Array.from({ length: 40 }, (_, i) => ({
    atMs: i + 0.25,
    kind: "leave" as const,
    node: 1,
    forMs: 0,
  }));
  const at = (list: typeof faults) => list.map(({ atMs }) => Math.floor(atMs));

  it("finds the two faults of many that are needed, and rounds their times", async () => {
    const needed = [11, 29];
    const short = await shrinkFaults(
      faults,
      (list) => Promise.resolve(needed.every((ms) => at(list as typeof faults).includes(ms))),
      () => true,
    );
    expect(short.map(({ atMs }) => atMs)).toEqual(needed);
  });

  it("ends when it may not ask any more", async () => {
    let asked = 0;
    const ask = () => {
      asked++;
      return Promise.resolve(false);
    };
    expect(await shrinkFaults(faults, ask, () => asked < 10)).toEqual(faults);
    expect(asked).toBe(10);
  });
});
