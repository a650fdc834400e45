import { randomInt } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandLine, readCommandLine, SEED_MAX, USAGE } from "./command-line.ts";
import { insideFolder, runInside } from "./enclosure.ts";
import { ConfigFuzz, type Unexplained } from "./fuzz.ts";

function report({ seed, file, ours, c }: Unexplained): void {
  process.stdout.write(`seed ${seed}\n${Buffer.from(file).toString("latin1")}\n`);
  process.stdout.write(
    `C    (${c.exit ?? c.signal}): ${c.stderr}\nours (${ours.exit}): ${ours.stderr}\n---\n`,
  );
}

async function fuzz(folder: string, { files, seed: given, messages }: CommandLine): Promise<number> {
  const seed = given ?? randomInt(SEED_MAX + 1);
  // Log files of relative names are opened here.
  process.chdir(join(folder, "files"));
  process.stdout.write(`--seed ${seed} --files ${files}\n`);
  const summary = await new ConfigFuzz(folder).run(seed, files, report);
  if (messages) {
    for (const [text, count] of [...summary.messages].sort((a, b) => b[1] - a[1])) {
      process.stdout.write(`${String(count).padStart(6)} ${JSON.stringify(text)}\n`);
    }
  }
  for (const [name, count] of summary.known) process.stdout.write(`known: ${name}: ${count}\n`);
  process.stdout.write(
    `${summary.files} files: C accepted ${summary.accepted} and said ${summary.messages.size} different things; ` +
      `${summary.unexplained.length} unexplained differences\n`,
  );
  return summary.unexplained.length === 0 ? 0 : 1;
}

function commandLineOrUsage(args: readonly string[]): CommandLine {
  try {
    return readCommandLine(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

const args = process.argv.slice(2);
const commandLine = commandLineOrUsage(args);
const folder = insideFolder();
process.exitCode =
  folder === null ? await runInside(fileURLToPath(import.meta.url), args) : await fuzz(folder, commandLine);
