#!/usr/bin/env node
import { keygenProcess, runKeygen } from "./corosync-keygen.ts";

process.exitCode = runKeygen(process.argv.slice(2), keygenProcess);
