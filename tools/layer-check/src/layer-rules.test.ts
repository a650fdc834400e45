import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runLayerCheck } from "./command.ts";
import { type Fault, formatFault } from "./fault.ts";
import { checkWorkspace } from "./layer-rules.ts";

/** A workspace of four floors that breaks no rule, as its files. */
function soundWorkspace(): Map<string, string> {
  const files = new Map<string, string>();
  const members: Array<[folder: string, name: string, floor: number, uses: string[]]> = [
    ["packages/codec", "@corosync/codec", 1, []],
    ["packages/ipc", "@corosync/ipc", 3, ["codec"]],
    ["packages/totem", "@corosync/totem", 3, ["codec"]],
    ["packages/cpg", "@corosync/cpg", 5, ["ipc", "codec"]],
  ];
  for (const [folder, name, floor, uses] of members) {
    files.set(
      `${folder}/package.json`,
      JSON.stringify(
        {
          name,
          exports: { ".": "./dist/index.js", "./layout": "./dist/layout.js" },
          dependencies: Object.fromEntries(uses.map((used) => [`@corosync/${used}`, "1.0.0"])),
        },
        null,
        2,
      ),
    );
    files.set(`${folder}/turbo.json`, JSON.stringify({ extends: ["//"], tags: [`floor-${floor}`] }));
    const references = uses.map((used) => ({ path: `../${used}` }));
    files.set(`${folder}/tsconfig.json`, JSON.stringify({ references }, null, 2));
    const imports = uses.map((used) => `import "@corosync/${used}";\n`);
    files.set(`${folder}/src/index.ts`, `import "node:os";\nimport "fs";\n${imports.join("")}`);
    files.set(`${folder}/src/index.test.ts`, 'import "vitest";\nimport "./index.ts";\n');
  }
  files.set("package.json", JSON.stringify({ workspaces: ["packages/*"], devDependencies: { vitest: "4" } }));
  const references = members.map(([path]) => ({ path }));
  files.set("tsconfig.json", JSON.stringify({ references }, null, 2));
  return files;
}

describe("checkWorkspace", () => {
  let root: string;
  let files: Map<string, string>;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "layer-check-"));
    files = soundWorkspace();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function check(): Fault[] {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkWorkspace(root);
  }

  /** Changes one JSON file of the workspace. */
  function edit(path: string, change: (content: Record<string, unknown>) => void): void {
    const content = JSON.parse(files.get(path) ?? "{}") as Record<string, unknown>;
    change(content);
    files.set(path, JSON.stringify(content, null, 2));
  }

  it("finds nothing in a sound workspace", () => {
    expect(check()).toEqual([]);
    const printed: string[] = [];
    expect(runLayerCheck(root, (line) => printed.push(line))).toBe(0);
    expect(printed).toHaveLength(1);
  });

  it("makes the command fail and print the place", () => {
    files.set("packages/codec/src/planted.ts", 'import "@corosync/cpg";\n');
    check();
    const printed: string[] = [];
    expect(runLayerCheck(root, (line) => printed.push(line))).toBe(1);
    expect(printed[0]).toContain("packages/codec/src/planted.ts:1: [upward]");
    expect(printed[1]).toBe("layers: 1 fault");
  });

  const planted: ReadonlyArray<[what: string, rule: string, folder: string, statement: string]> = [
    ["an import of a higher floor", "upward", "packages/codec", 'import "@corosync/cpg";'],
    ["an import of the same floor", "upward", "packages/ipc", 'import "@corosync/totem";'],
    ["a type import upwards", "upward", "packages/codec", 'import type { A } from "@corosync/cpg";'],
    ["a dynamic import upwards", "upward", "packages/codec", 'await import("@corosync/cpg");'],
    ["an export from upwards", "upward", "packages/codec", 'export * from "@corosync/cpg";'],
    ["an import type upwards", "upward", "packages/codec", 'type A = import("@corosync/cpg").A;'],
    ["an import of another's sources", "face", "packages/cpg", 'import "@corosync/ipc/src/index.ts";'],
    ["an import of another's build", "face", "packages/cpg", 'import "@corosync/ipc/dist/index.js";'],
    ["a path into another package", "face", "packages/cpg", 'import "../../ipc/src/index.ts";'],
    [
      "a dynamic path into another package",
      "face",
      "packages/cpg",
      'await import("../../ipc/src/index.ts");',
    ],
    ["an import of what lies beside the sources", "face", "packages/cpg", 'import "../test/vector.ts";'],
    ["an absolute path", "face", "packages/cpg", 'import "/ipc/src/index.ts";'],
    ["a package that imports itself", "face", "packages/cpg", 'import "@corosync/cpg";'],
    ["an undeclared package of the workspace", "undeclared", "packages/cpg", 'import "@corosync/totem";'],
    ["an undeclared package of the registry", "undeclared", "packages/cpg", 'import "left-pad/lib";'],
    ["a test tool in what ships", "undeclared", "packages/cpg", 'import "vitest";'],
    ["a text that is not TypeScript", "unreadable", "packages/cpg", "import {{{"],
  ];

  it.each(planted)("names file and line of %s", (_what, rule, folder, statement) => {
    const file = `${folder}/src/planted.ts`;
    files.set(file, `// first line\n\n${statement}\n`);
    const faults = check();
    expect(faults.map((fault) => [fault.rule, fault.file, fault.line])).toEqual([[rule, file, 3]]);
  });

  it("looks into tests too", () => {
    files.set("packages/codec/test/model/planted.test.ts", 'import "@corosync/cpg";\n');
    expect(check().map(formatFault)).toEqual([
      "packages/codec/test/model/planted.test.ts:1: [upward] @corosync/codec on floor 1 must not use @corosync/cpg on floor 5",
    ]);
  });

  it("lets an import take a subpath that the package offers", () => {
    files.set("packages/cpg/src/planted.ts", 'import "@corosync/ipc/layout";\n');
    expect(check()).toEqual([]);
  });

  it("names a dependency that is declared upwards though nothing imports it", () => {
    edit("packages/codec/package.json", (json) => {
      json["dependencies"] = { "@corosync/cpg": "1.0.0" };
    });
    edit("packages/codec/tsconfig.json", (json) => {
      json["references"] = [{ path: "../cpg" }];
    });
    const [fault, ...others] = check();
    expect(fault).toMatchObject({ rule: "upward", file: "packages/codec/package.json" });
    expect(files.get("packages/codec/package.json")?.split("\n")[fault!.line - 1]).toContain("@corosync/cpg");
    expect(others).toEqual([]);
  });

  it("names a reference that package.json does not back, with its line", () => {
    edit("packages/cpg/tsconfig.json", (json) => {
      json["references"] = [{ path: "../codec" }, { path: "../ipc" }, { path: "../totem" }];
    });
    const [fault, ...others] = check();
    expect(fault).toMatchObject({ rule: "references", file: "packages/cpg/tsconfig.json" });
    expect(files.get("packages/cpg/tsconfig.json")?.split("\n")[fault!.line - 1]).toContain("../totem");
    expect(others).toEqual([]);
  });

  it("names a dependency that tsconfig.json does not refer to", () => {
    edit("packages/cpg/tsconfig.json", (json) => {
      json["references"] = [{ path: "../codec" }];
    });
    expect(check().map(formatFault)).toEqual([
      "packages/cpg/tsconfig.json:1: [references] lacks a reference to packages/ipc, which package.json needs",
    ]);
  });

  it("lets tests beside the sources use them", () => {
    files.set("packages/cpg/test/ring.test.ts", 'import "../src/index.ts";\nimport "./vector.ts";\n');
    files.set("packages/cpg/test/vector.ts", "");
    expect(check()).toEqual([]);
  });

  it("lets the build leave out what only tests use", () => {
    edit("packages/cpg/package.json", (json) => {
      json["devDependencies"] = { "@corosync/totem": "1.0.0" };
    });
    files.set("packages/cpg/test/ring.test.ts", 'import "@corosync/totem";\n');
    expect(check()).toEqual([]);
  });

  it("names a package that the root build leaves out", () => {
    edit("tsconfig.json", (json) => {
      json["references"] = [{ path: "packages/codec" }, { path: "packages/ipc" }, { path: "packages/totem" }];
    });
    expect(check().map(formatFault)).toEqual([
      "tsconfig.json:1: [references] lacks a reference to packages/cpg",
    ]);
  });

  it.each([[["floor-1", "floor-2"]], [[]], [["floor-0"]]])("refuses the tags %j", (tags) => {
    edit("packages/codec/turbo.json", (json) => {
      json["tags"] = tags;
    });
    expect(check()).toEqual([expect.objectContaining({ rule: "floor", file: "packages/codec/turbo.json" })]);
  });

  it("names a package.json that is no JSON", () => {
    files.set("packages/codec/package.json", "{");
    expect(check()).toEqual([
      expect.objectContaining({ rule: "unreadable", file: "packages/codec/package.json" }),
    ]);
  });
});

describe("the layers of this project", () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));

  it("hold", () => {
    expect(checkWorkspace(root).map(formatFault)).toEqual([]);
  });

  it("are named floor by floor in the root turbo.json, so that turbo refuses the same imports", () => {
    const { boundaries } = JSON.parse(readFileSync(join(root, "turbo.json"), "utf8")) as {
      boundaries: { tags: Record<string, { dependencies: { deny: string[] } }> };
    };
    const floors = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    for (const floor of floors.slice(0, 7)) {
      const above = floors.filter((other) => other >= floor).map((other) => `floor-${other}`);
      expect(boundaries.tags[`floor-${floor}`]?.dependencies.deny).toEqual(above);
    }
    // Floor 8 holds one program that starts another, which tags cannot say and checkWorkspace does.
    expect(boundaries.tags["floor-8"]?.dependencies.deny).toEqual(["floor-9"]);
  });
});
