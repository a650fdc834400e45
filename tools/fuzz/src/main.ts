import { register } from "node:module";
import { branchCounters } from "./engine/branch-counters.ts";

// The packages must be loaded after this, so that they come with counters in their branches.
branchCounters();
register("./engine/instrument-hooks.js", import.meta.url);
const { runCommand } = await import("./command.ts");
process.exitCode = runCommand(process.argv.slice(2), (line) => console.log(line));
