// @ts-check
// Plants faults in a copy of the sources, one at a time, and tells which of them the simulator finds
// within the budget of budget.mjs.
// Usage: planted.mjs [--only TEXT[,TEXT]...] [--sample COUNT --day NUMBER] [--workers COUNT]
import { parseArgs } from "node:util";
import { plantedFaults } from "./faults.mjs";
import { WorkingCopy } from "./working-copy.mjs";

const NAME_WIDTH = 56;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    sample: { type: "string" },
    day: { type: "string", default: `${Math.floor(Date.now() / 86_400_000)}` },
    workers: { type: "string", default: "2" },
  },
});
const chosen = sample(
  plantedFaults.filter(({ name }) => values.only.split(",").some((text) => name.includes(text))),
);
const waiting = [...chosen];
/** @type {string[]} */
const survivors = [];
const startMs = Date.now();
const first = await WorkingCopy.build();
try {
  const copies = [first, ...Array.from({ length: Number(values.workers) - 1 }, () => first.duplicate())];
  await Promise.all(copies.map(work));
  for (const copy of copies.slice(1)) copy.remove();
} finally {
  first.remove();
}
const seconds = Math.round((Date.now() - startMs) / 1000);
console.log(`${chosen.length - survivors.length} of ${chosen.length} planted faults found in ${seconds} s`);
for (const name of survivors) console.log(`survives: ${name}`);
process.exitCode = survivors.length > 0 || chosen.length === 0 ? 1 : 0;

/**
 * A run of the list that moves on from day to day, or all of it.
 *
 * @param {readonly import("./faults.mjs").PlantedFault[]} faults
 */
function sample(faults) {
  if (values.sample === undefined) return faults;
  const count = Math.min(Number(values.sample), faults.length);
  const from = (Number(values.day) * count) % faults.length;
  return Array.from({ length: count }, (_, i) => faults[(from + i) % faults.length]).filter(
    (fault) => fault !== undefined,
  );
}

/** @param {WorkingCopy} copy */
async function work(copy) {
  for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
    const { trial, finding } = await copy.try(fault);
    if (finding === null) survivors.push(fault.name);
    const by = trial === null ? "" : `${trial.profile} ${trial.seed}`;
    const words = finding === null ? "SURVIVES" : finding.slice(0, 90);
    console.log(`${fault.name.padEnd(NAME_WIDTH)}  ${by.padEnd(8)}  ${words}`);
  }
}
