import { checkDefaultsFiles, checkFile, type Finding } from "@corosync/config";
import { defaultPaths } from "./paths.ts";
import { serviceOptionFault } from "./service-options.ts";

/** Characters of a line that are shown at once, and of these before what is marked. */
const SHOWN_CHARACTERS = 100;
const LEAD_CHARACTERS = 40;
/** What a terminal would obey. */
const CONTROL = /\p{Cc}/gu;

/**
 * Prints all that can be said about a configuration: for people on stderr, as JSON on stdout.
 * @param configPath as the command line has it, or null
 * @param exitCode what the test of the configuration came to
 */
export async function reportConfiguration(
  configPath: string | null,
  report: "explain" | "json",
  exitCode: number,
): Promise<void> {
  const paths = defaultPaths(process.env);
  const file = configPath ?? paths.config;
  const ofFile = await checkFile(file, {
    defaultKeyFile: paths.authkey,
    defaultStateDirectory: paths.stateDirectory,
  });
  // Only the machine's own configuration is that of a service.
  const ofService =
    configPath === null ? await checkDefaultsFiles((words) => serviceOptionFault(words, file)) : [];
  const findings = [...ofFile, ...ofService];
  const [stream, text] =
    report === "json"
      ? [process.stdout, findingsJson(file, exitCode, findings)]
      : [process.stderr, findings.length === 0 ? "Nothing to remark.\n" : explanation(findings)];
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** The findings for people: place, text, the line with a caret, the reason, and what may be meant. */
function explanation(findings: readonly Finding[]): string {
  return findings.map(explained).join("\n");
}

function explained(finding: Finding): string {
  const { severity, file, line, column, text, reason, suggestion } = finding;
  const position = line === null ? file : `${file}:${line}:${column}`;
  const rows = [`${position}: ${severity}: ${text}`, ...sourceRows(finding)];
  if (reason !== "") rows.push(`  ${reason}`);
  if (suggestion !== null) rows.push(`  Perhaps: ${suggestion}`);
  return `${rows.map(printable).join("\n")}\n`;
}

function sourceRows({ line, column, length, source }: Finding): string[] {
  if (line === null || column === null || source === null) return [];
  const start = column > SHOWN_CHARACTERS ? column - 1 - LEAD_CHARACTERS : 0;
  const shown = source.replaceAll("\t", " ").slice(start, start + SHOWN_CHARACTERS);
  const gutter = `${line}`.padStart(5);
  const at = column - 1 - start;
  const carets = "^".repeat(Math.max(1, Math.min(length, SHOWN_CHARACTERS - at)));
  return [`${gutter} | ${shown}`, `${" ".repeat(5)} | ${" ".repeat(at)}${carets}`];
}

function printable(text: string): string {
  return text.replaceAll(CONTROL, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** The findings for programs: one JSON object. */
function findingsJson(file: string, exitCode: number, findings: readonly Finding[]): string {
  return `${JSON.stringify({ file, valid: exitCode === 0, exitCode, findings }, null, 2)}\n`;
}
