import { parseArgs } from "node:util";
import { describeFault } from "./fault-schedule.ts";
import { isProfileName, PROFILES, type ProfileName } from "./profile.ts";
import { shrinkFaults } from "./shrink.ts";
import { runSimulation, type SimulationOptions } from "./simulation.ts";

const USAGE =
  "simulate [--seed S] [--seeds COUNT] [--nodes N] [--hours H] [--profile idle|calm|lossy|chaos] [--trace] [--no-shrink]";
const HOUR_MS = 3_600_000;
const SHRINK_ATTEMPTS = 150;

interface Command {
  readonly seed: number;
  readonly seeds: number;
  readonly nodes: number;
  readonly hours: number;
  readonly profile: ProfileName;
  readonly trace: boolean;
  readonly shrink: boolean;
}

function readCommand(): Command {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      seed: { type: "string", default: "1" },
      seeds: { type: "string", default: "1" },
      nodes: { type: "string", default: "5" },
      hours: { type: "string", default: "0.005" },
      profile: { type: "string", default: "chaos" },
      trace: { type: "boolean", default: false },
      shrink: { type: "boolean", default: true },
    },
  });
  if (!isProfileName(values.profile)) throw new Error(`unknown profile ${values.profile}`);
  const number = (name: "seed" | "seeds" | "nodes" | "hours", low: number, high: number): number => {
    const value = Number(values[name]);
    if (!(value >= low && value <= high)) throw new Error(`--${name} must be from ${low} to ${high}`);
    return value;
  };
  return {
    seed: number("seed", 0, 0xffffffff),
    seeds: number("seeds", 1, 1_000_000),
    nodes: number("nodes", 1, 384),
    hours: number("hours", 0.0001, 100_000),
    profile: values.profile,
    trace: values.trace,
    shrink: values.shrink,
  };
}

async function runSeed(command: Command, seed: number): Promise<boolean> {
  const options: SimulationOptions = {
    seed,
    nodeCount: command.nodes,
    durationMs: command.hours * HOUR_MS,
    profile: PROFILES[command.profile],
    ...(command.trace ? { print: (line: string) => console.log(line) } : {}),
  };
  const startMs = process.cpuUsage();
  const result = await runSimulation(options);
  const used = process.cpuUsage(startMs);
  const cpuSeconds = (used.user + used.system) / 1e6;
  const rate = result.virtualMs / 1000 / cpuSeconds;
  console.log(
    `seed ${seed}: ${result.violation === null ? "kept everything" : result.violation.message}\n` +
      `  ${(result.virtualMs / HOUR_MS).toFixed(3)} h virtual in ${cpuSeconds.toFixed(2)} s of CPU (${Math.round(rate)} times as fast), ` +
      `${result.packets} packets, ${result.deliveries} deliveries, ${result.configurations} configurations, trace ${result.traceHash}`,
  );
  if (result.violation === null) return true;
  const { nodes, hours, profile } = command;
  if (command.shrink) {
    const { property } = { property: result.violation.message.split(":")[0] };
    const quiet = { ...options, print: () => undefined };
    const short = await shrinkFaults(
      result.faults,
      async (faults) =>
        (await runSimulation({ ...quiet, faults })).violation?.message.startsWith(`${property}:`) === true,
      SHRINK_ATTEMPTS,
    );
    console.log(`  ${short.length} of ${result.faults.length} faults suffice:`);
    for (const fault of short) console.log(`  ${describeFault(fault)}`);
  }
  console.log(
    `  replay: npm run simulate -- --seed ${seed} --nodes ${nodes} --hours ${hours} --profile ${profile} --trace`,
  );
  return false;
}

try {
  const command = readCommand();
  for (let i = 0; i < command.seeds; i++)
    if (!(await runSeed(command, (command.seed + i) >>> 0))) process.exitCode = 1;
} catch (error) {
  console.error(`${(error as Error).message}\nusage: ${USAGE}`);
  process.exitCode = 2;
}
