#!/usr/bin/env node
import { blackboxProcess, runBlackbox } from "./corosync-blackbox.ts";

process.exitCode = await runBlackbox(process.argv.slice(2), blackboxProcess);
