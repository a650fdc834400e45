import { type CommandLine, readCommandLine, USAGE } from "./command-line.ts";
import { branchCounters } from "./engine/branch-counters.ts";
import { Campaign, type CampaignResult, kindOf } from "./engine/campaign.ts";
import { fromBase64, inputsOf, readCorpus, toBase64, writeCorpus } from "./engine/corpus.ts";
import { FeatureMap } from "./engine/feature-map.ts";
import { shrink } from "./engine/shrink.ts";
import type { Target } from "./target.ts";
import { targets } from "./targets/index.ts";

const FINDINGS_MAX = 10;

type Print = (line: string) => void;

/** @returns the exit code: 1 when something was found, 2 when the arguments are wrong */
export function runCommand(args: readonly string[], print: Print): number {
  let commandLine: CommandLine;
  try {
    commandLine = readCommandLine(args);
  } catch (error) {
    print(`${(error as Error).message}\nusage: ${USAGE}`);
    return 2;
  }
  const { targets: names, replay } = commandLine;
  const chosen = targets.filter(({ name }) => names.length === 0 || names.some((n) => name.startsWith(n)));
  if (chosen.length === 0) {
    print(`no such target; there are ${targets.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  if (replay !== null) {
    const target = chosen.find(({ name }) => name === names[0]);
    if (target === undefined) {
      print(`--replay needs the whole name of a target: ${chosen.map(({ name }) => name).join(", ")}`);
      return 2;
    }
    target.run(fromBase64(replay));
    print("nothing is wrong with this input");
    return 0;
  }
  return fuzz(chosen, commandLine, print);
}

function fuzz(chosen: readonly Target[], commandLine: CommandLine, print: Print): number {
  const { seed, seconds, executions } = commandLine;
  print(`seed ${seed}, ${seconds} seconds for ${chosen.length} targets`);
  let found = 0;
  let total = 0;
  print(row("target", "executions", "per second", "branches", "corpus", "findings"));
  for (const target of chosen) {
    const kept = inputsOf(readCorpus(target.corpus ?? target.name));
    const share = weightOf(target) / chosen.reduce((sum, each) => sum + weightOf(each), 0);
    const limits = { seconds: seconds * share, executions, findings: FINDINGS_MAX };
    const result = new Campaign(target, branchCounters(), seed).run(kept, limits);
    report(target, result, commandLine, print);
    found += result.findings.length;
    total += result.executions;
    if (commandLine.keep) keep(target, [...kept, ...result.corpus]);
  }
  print(`${total} executions, ${found} findings`);
  return found > 0 ? 1 : 0;
}

function weightOf({ weight = 1 }: Target): number {
  return weight;
}

function report(target: Target, result: CampaignResult, { uncovered }: CommandLine, print: Print): void {
  const { executions, seconds, features, corpus, findings } = result;
  const missing = features.uncovered(target.covers);
  const coverable = features.coverable(target.covers);
  const rate = Math.round(executions / seconds);
  const branches = `${coverable - missing.length} of ${coverable}`;
  print(row(target.name, executions, rate, branches, corpus.length, findings.length));
  if (uncovered)
    for (const { file, line, column } of missing) print(`  not taken: ${file}:${line}:${column}`);
  for (const { error, input } of findings) {
    const short = shrink(input, (candidate) => kindOf(failure(target, candidate)) === kindOf(error));
    print(`  ${error.stack ?? String(error)}`);
    print(`  replay: npm run fuzz -- --target ${target.name} --replay ${toBase64(short)}`);
  }
}

function failure(target: Target, input: Uint8Array): Error | null {
  try {
    target.run(input);
    return null;
  } catch (error) {
    return error as Error;
  }
}

function row(...cells: (string | number)[]): string {
  const widths = [28, 12, 12, 14, 8, 10];
  return cells
    .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]!) : String(cell).padStart(widths[i]!)))
    .join("");
}

/** Keeps the shortest inputs that together take all branches that any of them takes. */
function keep(target: Target, inputs: readonly Uint8Array[]): void {
  const name = target.corpus ?? target.name;
  const counters = branchCounters();
  const features = new FeatureMap(counters);
  const taken = [...inputs]
    .sort((a, b) => a.length - b.length)
    .filter((input) => {
      counters.clear();
      return failure(target, input) === null && features.learnBranches(target.covers);
    });
  writeCorpus(name, { ...readCorpus(name), inputs: taken.map(toBase64) });
}
