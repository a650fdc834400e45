import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The tests run the calls in processes of their own, from its build: bring that up to date. */
export default function build(): void {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const tsc = spawnSync("npx", ["tsc", "-b"], { cwd: folder, encoding: "utf8" });
  if (tsc.status !== 0) throw new Error(`tsc -b: ${tsc.stdout}${tsc.stderr}`);
}
