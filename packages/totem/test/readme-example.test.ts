import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, vi } from "vitest";

const README = new URL("../README.md", import.meta.url);

/** The example as it stands, but for addresses and a port that no other program uses. */
async function exampleOnFreePort(): Promise<{ source: string; lines: number }> {
  const example = /```ts example\n(.*?)```/s.exec(readFileSync(README, "utf8"))?.[1] ?? "";
  const network = `127.${20 + (process.pid % 200)}.${Math.floor(Math.random() * 250)}`;
  const socket = createSocket("udp4");
  socket.bind(0, `${network}.1`);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  const source = example
    .replaceAll("127.0.0.", `${network}.`)
    .replace("5405", String(port))
    .replace("@corosync/totem", new URL("../src/index.ts", import.meta.url).pathname);
  return { source, lines: example.trim().split("\n").length };
}

it("runs the example of the README, which has at most 15 lines", async () => {
  const { source, lines } = await exampleOnFreePort();
  expect(lines).toBeLessThanOrEqual(15);
  expect(source).toContain("createRing");
  const directory = mkdtempSync(join(import.meta.dirname, "readme-"));
  const print = vi.spyOn(console, "log").mockReturnValue();
  try {
    const file = join(directory, "example.ts");
    writeFileSync(file, source);
    await import(file);
    expect(print.mock.calls.at(-1)).toEqual(["hello"]);
    expect(print.mock.calls.at(-2)).toEqual([[1, 2]]);
  } finally {
    print.mockRestore();
    rmSync(directory, { recursive: true });
  }
}, 20_000);

it("shows examples that are right under the strictness of this repository", async () => {
  const examples = [...readFileSync(README, "utf8").matchAll(/```ts[^\n]*\n(.*?)```/gs)];
  expect(examples).toHaveLength(2);
  const directory = mkdtempSync(join(import.meta.dirname, "readme-"));
  try {
    for (const [i, [, source]] of examples.entries())
      writeFileSync(join(directory, `example-${i}.ts`), source!);
    const project = { extends: "../../../../tsconfig.tests.json", include: ["*.ts"] };
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(project));
    const tsc = await promisify(execFile)("npx", ["tsc", "-p", directory]).catch((error) => error);
    expect(tsc.stdout).toBe("");
    expect(tsc.code).toBeUndefined();
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 60_000);
