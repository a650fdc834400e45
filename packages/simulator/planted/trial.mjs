// @ts-check
// Runs the trials of one planted fault: trial.mjs SIMULATOR, the built entry of the copy to run.
// Prints one JSON line: { trial, finding } of the first trial that breaks a property, or null.
import { pathToFileURL } from "node:url";
import { TRIALS } from "./budget.mjs";

const simulator = process.argv[2] ?? "";
const { PROFILES, runSimulation } = await import(pathToFileURL(simulator).href);
let found = null;
for (const trial of TRIALS) {
  const { profile, seed, nodes, seconds } = trial;
  const result = await runSimulation({
    seed,
    nodeCount: nodes,
    durationMs: seconds * 1000,
    profile: PROFILES[profile],
  });
  if (result.violation === null) continue;
  found = { trial, finding: result.violation.message };
  break;
}
console.log(JSON.stringify(found));
// What a faulty node left open must not keep the process.
process.exit(0);
