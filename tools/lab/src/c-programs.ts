import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { execute } from "./execute.ts";

const FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"];
const LIBRARIES = ["-lcpg", "-lpthread"];

/** Programs of tools/lab/c. */
export type CProgram = "cpg-stress" | "cpg-bench" | "cpg-latency" | "token-watch";

const underWay = new Map<CProgram, Promise<string>>();

/**
 * The path of a compiled program. Compiled when its sources (or the flags) are not the ones of the copy in
 * the cache. @throws CommandError with the compiler's message.
 */
export function compileCProgram(name: CProgram): Promise<string> {
  const program = underWay.get(name) ?? compile(name);
  underWay.set(name, program);
  return program;
}

async function compile(name: CProgram): Promise<string> {
  const sources = resolve(import.meta.dirname, "../c");
  const digest = createHash("sha256").update([...FLAGS, ...LIBRARIES].join(" "));
  for (const file of readdirSync(sources).sort()) {
    if (file.endsWith(".h") || file === `${name}.c`) digest.update(readFileSync(join(sources, file)));
  }
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const directory = join(cache, "corosync-lab");
  const program = join(directory, `${name}-${digest.digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(directory, { recursive: true });
  // Under another name first: two runs at once must never execute half a program.
  const unfinished = `${program}.${process.pid}`;
  await execute("gcc", [...FLAGS, "-o", unfinished, join(sources, `${name}.c`), ...LIBRARIES]);
  renameSync(unfinished, program);
  return program;
}
