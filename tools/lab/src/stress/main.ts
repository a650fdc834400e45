#!/usr/bin/env node
import { join } from "node:path";
import { parseArgs } from "node:util";
import { labPrerequisites } from "../prerequisites.ts";
import { runStress } from "./stress-run.ts";

const USAGE = `usage: npm run stress -- [options]
  --minutes 5        of faults in each run
  --runs 1           runs, each with the seed after the last one's
  --seed N           of the first run; default a random one
  --mix ctctt        daemons of hosts 1, 2, 3, ...: c is Corosync 3.1.7, t ours
  --token 1000       token timeout in milliseconds
  --keep DIR         keep there what daemons and clients print, by seed
  --debug            debug lines in the daemons' logs
  --quiet            do not tell every fault
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      runs: { type: "string", default: "1" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
      mix: { type: "string", default: "ctctt" },
      token: { type: "string", default: "1000" },
      keep: { type: "string" },
      debug: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const missing = labPrerequisites();
  if (missing.length > 0) throw new Error(`this machine cannot run it:\n${missing.join("\n")}`);
  for (let run = 0; run < Number(values.runs); run++) {
    const seed = Number(values.seed) + run;
    console.log(`seed ${seed}`);
    const { findings, messages, rings } = await runStress({
      seed,
      minutes: Number(values.minutes),
      mix: [...values.mix].map((letter) => (letter === "t" ? "ts" : "c")),
      tokenTimeoutMs: Number(values.token),
      debug: values.debug,
      ...(values.keep !== undefined && { keepIn: join(values.keep, String(seed)) }),
      note: (line) => {
        if (!values.quiet) console.log(line);
      },
    });
    console.log(`${messages} messages, ${rings} rings, ${findings.length} findings`);
    for (const finding of findings) console.log(`- ${finding}`);
    if (findings.length > 0) process.exitCode = 1;
  }
}

try {
  await main();
} catch (error) {
  console.error(`stress: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}
