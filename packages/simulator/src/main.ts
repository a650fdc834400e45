import { type Command, readCommand, replayCommand, usage } from "./command-line.ts";
import { shrinkFailure } from "./failing-seed.ts";
import { describeFault } from "./fault.ts";
import { formatSchedule } from "./schedule-file.ts";
import { runSimulation, type SimulationOptions, type SimulationResult } from "./simulation.ts";

const HOUR_MS = 3_600_000;

/** Runs a seed and tells how it went; true when everything was kept. */
async function runSeed(command: Command, seed: number): Promise<boolean> {
  const options: SimulationOptions = {
    seed,
    noise: command.noise,
    nodeCount: command.nodes,
    durationMs: command.hours * HOUR_MS,
    profile: command.profile,
    ...(command.schedule === null ? {} : { faults: command.schedule }),
    ...(command.trace || command.tracePackets
      ? { reader: { line: (line: string) => console.log(line), packets: command.tracePackets } }
      : {}),
  };
  const start = process.cpuUsage();
  const result = await runSimulation(options);
  const { user, system } = process.cpuUsage(start);
  console.log(describeResult(seed, result, (user + system) / 1e6));
  if (result.violation === null) return true;
  const given = command.schedule === null ? null : formatSchedule(command.schedule);
  console.log(`  replay: ${replayCommand(command, seed, { ...command, schedule: given })}`);
  if (command.shrink) await tellShorter(command, options, result);
  return false;
}

async function tellShorter(
  command: Command,
  options: SimulationOptions,
  failed: SimulationResult,
): Promise<void> {
  const { faults, hours, noise, result } = await shrinkFailure(options, command.hours, failed);
  console.log(`  ${faults.length} of ${failed.faults.length} faults suffice: ${result.violation?.message}`);
  for (const fault of faults)
    console.log(`  ${(fault.atMs / 1000).toFixed(6).padStart(14)}  ${describeFault(fault)}`);
  const schedule = formatSchedule(faults);
  console.log(`  replay: ${replayCommand(command, options.seed, { hours, noise, schedule })}`);
}

function describeResult(seed: number, result: SimulationResult, cpuSeconds: number): string {
  const { violation, virtualMs, deliveries, configurations, counts, faults, traceHash } = result;
  const rate = Math.round(virtualMs / 1000 / cpuSeconds);
  return [
    `seed ${seed}: ${violation === null ? "kept everything" : `FAILED ${violation.message}`}`,
    `  ${(virtualMs / HOUR_MS).toFixed(3)} h virtual in ${cpuSeconds.toFixed(2)} s of CPU (${rate} times as fast)`,
    `  ${counts.messages} messages, ${counts.messageBytes} bytes, ${deliveries} deliveries`,
    `  ${counts.packets} packets, ${configurations} configurations, ${faults.length} faults, trace ${traceHash}`,
  ].join("\n");
}

// Whoever reads the trace may have seen enough.
process.stdout.on("error", () => process.exit());
try {
  const command = readCommand(process.argv.slice(2));
  if (command.help) console.log(usage());
  else
    for (let i = 0; i < command.seeds; i++)
      if (!(await runSeed(command, command.seed + i))) process.exitCode = 1;
} catch (error) {
  console.error(`${(error as Error).message}; --help tells all options`);
  process.exitCode = 2;
}
