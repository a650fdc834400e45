import { describe, expect, it } from "vitest";
import { moduleRequests, SourceError } from "./module-requests.ts";

describe("moduleRequests", () => {
  const forms: ReadonlyArray<[form: string, text: string]> = [
    ["import", 'import { a } from "x";'],
    ["import for effect", 'import "x";'],
    ["import type", 'import type { A } from "x";'],
    ["export names from", 'export { a, b } from "x";'],
    ["export all from", 'export * from "x";'],
    ["export all as", 'export * as a from "x";'],
    ["export type from", 'export type { A } from "x";'],
    ["dynamic import", 'const a = await import("x");'],
    ["dynamic import of a template", "const a = await import(`x`);"],
    ["dynamic import in a function", 'function f() { return () => import("x"); }'],
    ["import type expression", 'type A = import("x").A;'],
    ["typeof import", 'type A = typeof import("x");'],
    ["import equals", 'import a = require("x");'],
    ["require", 'const a = require("x");'],
    ["require.resolve", 'const a = require.resolve("x");'],
    ["import.meta.resolve", 'const a = import.meta.resolve("x");'],
    ["a mock", 'vi.mock("x");'],
  ];

  it.each(forms)("sees %s", (_form, text) => {
    expect(moduleRequests("a.ts", `\n${text}\n`)).toEqual([{ specifier: "x", line: 2 }]);
  });

  it("is not misled by comments, strings and look-alikes", () => {
    const text = [
      '// import { a } from "x";',
      '/* export * from "x"; */',
      "const text = 'import { a } from \"x\"';",
      'const a = load("x");',
      "const b = await import(computed);",
      "const c = await import(`x/".concat("$", "{name}`);"),
    ].join("\n");
    expect(moduleRequests("a.ts", text)).toEqual([]);
  });

  it("reports in the order of the text, with the line of the specifier", () => {
    const text = 'import {\n  a,\n} from "first";\nawait import("second");\nexport * from "third";\n';
    expect(moduleRequests("a.ts", text)).toEqual([
      { specifier: "first", line: 3 },
      { specifier: "second", line: 4 },
      { specifier: "third", line: 5 },
    ]);
  });

  it("counts lines right after characters of several bytes", () => {
    expect(moduleRequests("a.ts", '// ü€𝄞\nimport "x";\n')).toEqual([{ specifier: "x", line: 2 }]);
  });

  it("names the line where a text stops being TypeScript", () => {
    expect(() => moduleRequests("a.ts", "const a = 1;\nimport {{{\n")).toThrow(SourceError);
  });
});
