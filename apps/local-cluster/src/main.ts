#!/usr/bin/env node
import { parseArguments } from "./command-line.ts";
import { runLocalCluster } from "./run.ts";

const terminal = process.stdin.isTTY && process.stdout.isTTY;
const words = parseArguments(process.argv.slice(2), terminal);

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The second time there is no patience left; the daemons are killed on the way out.
    if (interrupt.signal.aborted) process.exit(1);
    interrupt.abort();
  });
}
// A reader that went away (`| head`) is a way to say stop.
process.stdout.on("error", () => interrupt.abort());

try {
  process.exitCode = await runLocalCluster(words, interrupt.signal);
} catch (error) {
  if (!interrupt.signal.aborted) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
process.exit();
