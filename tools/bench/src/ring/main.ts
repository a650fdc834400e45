#!/usr/bin/env node
import { loadavg } from "node:os";
import { createLab, labPrerequisites } from "@corosync/lab";
import { UsageError } from "../bench-options.ts";
import { alignedTable, markdownTable } from "../text-table.ts";
import { measureRound, type RingSample } from "./ring-measures.ts";
import { CONTENDERS, parseRingOptions, RING_USAGE, type RingOptions } from "./ring-options.ts";
import { type RingResult, ringCells } from "./ring-table.ts";

/** Rounds of the contenders take turns, so that slow and fast phases of the machine meet all. */
async function measureNodes(nodes: number, options: RingOptions): Promise<RingResult> {
  const samples = new Map<string, RingSample[]>(options.contenders.map((name) => [name, []]));
  await using lab = await createLab(undefined, { hostCount: nodes });
  for (let round = 1; round <= options.rounds; round++) {
    const order = round % 2 === 1 ? options.contenders : [...options.contenders].reverse();
    for (const name of order) {
      console.error(
        `${nodes} nodes, round ${round} of ${options.rounds}, ${name}, load ${loadavg()[0]?.toFixed(1)}`,
      );
      samples.get(name)!.push(await measureRound(lab, CONTENDERS[name]!, options));
    }
  }
  return { nodes, samples };
}

function lostRings({ nodes, samples }: RingResult): string {
  const counts = [...samples].map(([name, list]) => {
    const lost = list.reduce((sum, sample) => sum + sample.lostRings, 0);
    return `${name} ${lost}`;
  });
  return `rings formed anew under load, ${nodes} nodes: ${counts.join(", ")}`;
}

async function main(): Promise<void> {
  const options = parseRingOptions(process.argv.slice(2));
  if (options.help) {
    console.log(RING_USAGE);
    return;
  }
  const missing = labPrerequisites();
  if (missing.length > 0) throw new Error(`this machine cannot run it:\n${missing.join("\n")}`);
  const results: RingResult[] = [];
  for (const nodes of options.nodes) results.push(await measureNodes(nodes, options));
  const cells = ringCells(results, options.contenders);
  console.log(options.markdown ? markdownTable(cells) : alignedTable(cells));
  console.log(`\n${results.map(lostRings).join("\n")}`);
}

try {
  await main();
} catch (error) {
  console.error(`bench:ring: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) console.error(RING_USAGE);
  process.exitCode = 1;
}
