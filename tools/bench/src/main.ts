#!/usr/bin/env node
import { cpus } from "node:os";
import { type DaemonKind, labPrerequisites } from "@corosync/lab";
import { BenchCluster } from "./bench-cluster.ts";
import { type BenchOptions, parseBenchOptions, USAGE, UsageError } from "./bench-options.ts";
import { compare, comparisonCells, type Sample } from "./comparison.ts";
import type { SelfTime } from "./cpu-profile.ts";
import { profileSender } from "./sending-profile.ts";
import { measureVariation, variationCells } from "./setting-variation.ts";
import { alignedTable, markdownTable } from "./text-table.ts";

function printTable(rows: readonly (readonly string[])[], options: BenchOptions): void {
  console.log(options.markdown ? markdownTable(rows) : alignedTable(rows));
}

/** Both clusters stay up; they are measured in turn, so that slow and fast phases of the machine meet both. */
async function compareKinds(options: BenchOptions): Promise<void> {
  const clusters: BenchCluster[] = [];
  try {
    for (const kind of options.kinds) {
      const { totem } = options;
      clusters.push(await BenchCluster.start(kind, { totem, realTime: options.realTime && kind === "ts" }));
    }
    const samples: Sample[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      console.error(`round ${round} of ${options.rounds}`);
      for (const sizeBytes of options.sizesBytes) {
        // The one that goes first changes with the round.
        for (const cluster of round % 2 === 1 ? clusters : [...clusters].reverse()) {
          const measurement = await cluster.measure(sizeBytes, options.seconds, options.senders);
          samples.push({ kind: cluster.kind, sizeBytes, measurement });
        }
      }
    }
    printTable(comparisonCells(compare(samples, options.sizesBytes)), options);
  } finally {
    for (const cluster of clusters) await cluster[Symbol.asyncDispose]();
  }
}

function selfTimeCells(title: string, times: readonly SelfTime[], options: BenchOptions): string[][] {
  const rows = times.map(({ name, milliseconds, fraction }) => [
    options.markdown ? `\`${name}\`` : name,
    `${(fraction * 100).toFixed(1)} %`,
    `${milliseconds.toFixed(0)} ms`,
  ]);
  return [[title, "self time", ""], ...rows];
}

async function profile(options: BenchOptions): Promise<void> {
  for (const sizeBytes of options.sizesBytes) {
    const { areas, functions } = await profileSender(sizeBytes, options.seconds, options.profileDirectory);
    console.log(`\n${sizeBytes} B: the sending daemon's busy time of ${options.seconds} s\n`);
    printTable(selfTimeCells("part", areas, options), options);
    console.log("");
    printTable(selfTimeCells("function", functions, options), options);
  }
}

function describeMachine(kinds: readonly DaemonKind[], options: BenchOptions): string {
  const processors = cpus();
  const names = kinds.map((kind) => (kind === "ts" ? "ours" : "C Corosync")).join(" and ");
  const priority = options.realTime ? ", our daemons with C's real-time priority" : "";
  const settings = Object.entries(options.totem).map(([key, value]) => `, ${key}: ${value}`);
  const clients = options.senders === 1 ? "one client" : `a client on each of ${options.senders} nodes`;
  return (
    `${names}: 3 nodes in namespaces, udpu, no crypto${priority}${settings.join("")}, ${clients} that sends and counts its own deliveries; ` +
    `median of ${options.rounds} rounds of ${options.seconds} s ` +
    `(Node ${process.versions.node}, ${processors.length} × ${processors[0]?.model.trim() ?? "CPU"})\n`
  );
}

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const missing = labPrerequisites();
  if (missing.length > 0) throw new Error(`this machine cannot run it:\n${missing.join("\n")}`);
  if (options.profile) {
    await profile(options);
    return;
  }
  if (options.vary !== undefined) {
    const { key, values } = options.vary;
    console.log(describeMachine(["ts"], options));
    printTable(variationCells(key, values, await measureVariation(key, values, options)), options);
    return;
  }
  console.log(describeMachine(options.kinds, options));
  await compareKinds(options);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) console.error(USAGE);
  process.exitCode = 1;
}
