#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { starterOfThisProcess, startInBackground } from "./background.ts";
import { parseCommandLine } from "./command-line.ts";
import { EXIT } from "./exit-code.ts";
import { runDaemon } from "./run-daemon.ts";
import { versionPage } from "./version.ts";

const words = process.argv.slice(2);
const command = parseCommandLine(words);

if (command.kind === "version") {
  process.stdout.write(versionPage());
} else if (command.kind === "wrong") {
  process.stderr.write(command.text);
  process.exitCode = EXIT.failure;
} else if (command.foreground || command.testOnly) {
  // Other instances, and people, look for a process of this name.
  process.title = "corosync";
  process.exit(await runDaemon(command, starterOfThisProcess()));
} else {
  process.exitCode = await startInBackground(fileURLToPath(import.meta.url), words);
}
