import { parseCommandLine } from "./command-line.ts";

/**
 * What is wrong with a command line that a service manager passes (`COROSYNC_OPTIONS`), or null.
 * @param configPath the file that a service without `-c` reads
 */
export function serviceOptionFault(words: readonly string[], configPath: string): string | null {
  const command = parseCommandLine(words);
  if (command.kind === "wrong") return command.text.split("\n")[0]!.replace(/^corosync: /, "");
  if (command.kind === "version") return "-v prints the version: the service does not start";
  if (command.testOnly) return "the configuration is only tested: the service does not start";
  if (command.configPath === null || command.configPath === configPath) return null;
  return `the service reads ${command.configPath}, and this is ${configPath}`;
}
