import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

it("ends a program without a word when its output is closed", async () => {
  const source = new URL("./closed-pipe.ts", import.meta.url);
  // The function as it stands, without its types: a process of its own cannot read TypeScript.
  const { endWithClosedPipe } = (await import(source.href)) as typeof import("./closed-pipe.ts");
  const program = `const PIPE_EXIT_CODE = 141; ${endWithClosedPipe}
    endWithClosedPipe();
    setInterval(() => process.stdout.write("line\\n".repeat(10_000)), 1);`;
  const child = spawn(process.execPath, ["--eval", program], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  const [code] = await once(child, "close");
  expect([code, stderr]).toEqual([141, ""]);
});
