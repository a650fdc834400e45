import { describe, expect, it } from "vitest";
import { runCommand } from "./command.ts";
import { readCommandLine } from "./command-line.ts";

function run(...args: string[]): { readonly code: number; readonly printed: string } {
  const lines: string[] = [];
  const code = runCommand(args, (line) => lines.push(line));
  return { code, printed: lines.join("\n") };
}

describe("fuzz --replay", () => {
  it("refuses what is not base64", () => {
    for (const broken of ["!!!", "AAA", "AAAA!", "AA=", "A A="]) {
      const { code, printed } = run("--target", "wire-join", "--replay", broken);
      expect(printed, broken).toMatch(/^--replay must be base64, .*\nusage: fuzz /);
      expect(code, broken).toBe(2);
    }
    expect(readCommandLine(["--target", "wire-join", "--replay", "AAECAw=="]).replay).toBe("AAECAw==");
  });

  it("runs the target of that name, and no beginning of names", () => {
    expect(run("--target", "wire-join", "--replay", "AAECAw==")).toEqual({
      code: 0,
      printed: "nothing is wrong with this input",
    });
    const { code, printed } = run("--target", "wire", "--replay", "AAECAw==");
    expect(printed).toContain("--replay needs the whole name of a target: wire-header, ");
    expect(code).toBe(2);
  });
});
