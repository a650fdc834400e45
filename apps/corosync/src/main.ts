#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { starterOfThisProcess, startInBackground } from "./background.ts";
import { parseCommandLine } from "./command-line.ts";
import { reportConfiguration } from "./configuration-report.ts";
import { EXIT } from "./exit-code.ts";
import { runDaemon } from "./run-daemon.ts";
import { processIds, setIdRefusal } from "./set-id.ts";
import { versionPage } from "./version.ts";

const words = process.argv.slice(2);
const command = parseCommandLine(words);
const refusal = setIdRefusal(processIds());

if (refusal !== null) {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = EXIT.failure;
} else if (command.kind === "version") {
  process.stdout.write(versionPage());
} else if (command.kind === "wrong") {
  process.stderr.write(command.text);
  process.exitCode = EXIT.failure;
} else if (command.foreground || command.testOnly) {
  // Other instances, and people, look for a process of this name.
  process.title = "corosync";
  const exitCode = await runDaemon(command, starterOfThisProcess());
  if (command.report !== null) await reportConfiguration(command.configPath, command.report, exitCode);
  process.exit(exitCode);
} else {
  process.exitCode = await startInBackground(fileURLToPath(import.meta.url), words);
}
