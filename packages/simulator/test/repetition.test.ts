import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PROFILES, type ProfileName, runSimulation, type TraceReader } from "../src/index.ts";

const PROGRAM = fileURLToPath(new URL("../dist/main.js", import.meta.url));

const run = (seed: number, profile: ProfileName, seconds: number, reader?: TraceReader) =>
  runSimulation({
    seed,
    nodeCount: 5,
    durationMs: seconds * 1000,
    profile: PROFILES[profile],
    ...(reader === undefined ? {} : { reader }),
  });

/** What the program prints in a process of its own. */
function simulate(...args: string[]): string {
  return execFileSync(process.execPath, [PROGRAM, ...args], { encoding: "utf8" });
}

const hashIn = (output: string): string => /trace ([0-9a-f]{8})/.exec(output)![1]!;

describe("the same seed", { timeout: 120_000 }, () => {
  it("gives the same trace, and another seed or profile another", async () => {
    const first = await run(7, "chaos", 6);
    expect((await run(7, "chaos", 6)).traceHash).toBe(first.traceHash);
    expect((await run(8, "chaos", 6)).traceHash).not.toBe(first.traceHash);
    expect((await run(7, "lossy", 6)).traceHash).not.toBe(first.traceHash);
    expect(first.deliveries).toBeGreaterThan(1000);
  });

  it("gives the same trace whether somebody reads it or not", async () => {
    const lines: string[] = [];
    const silent = await run(9, "wrap", 4);
    const told = await run(9, "wrap", 4, { line: (line) => lines.push(line) });
    const packets = await run(9, "wrap", 4, { line: (line) => lines.push(line), packets: true });
    expect(told.traceHash).toBe(silent.traceHash);
    expect(packets.traceHash).toBe(silent.traceHash);
    expect(lines.length).toBeGreaterThan(5000);
    // Time with six decimals, node and kind stand in columns.
    for (const line of lines) expect(line).toMatch(/^ {0,12}\d+\.\d{6} {2}[ \d]{3} {2}[a-z]+ +\S/);
    expect(new Set(lines.map((line) => line.search(/[a-z]/)))).toEqual(new Set([21]));
  });

  it("gives the same trace in two processes, with and without --trace", async () => {
    const args = ["--seed", "7", "--hours", "0.001", "--profile", "chaos"];
    const hash = hashIn(simulate(...args));
    expect(hashIn(simulate(...args, "--trace"))).toBe(hash);
    expect((await run(7, "chaos", 0.001 * 3600)).traceHash).toBe(hash);
  });
});
