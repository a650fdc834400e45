#!/usr/bin/env node
import { endWithClosedPipe } from "./closed-pipe.ts";
import { blackboxProcess, runBlackbox } from "./corosync-blackbox.ts";

endWithClosedPipe();
process.exitCode = await runBlackbox(process.argv.slice(2), blackboxProcess);
