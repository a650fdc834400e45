import { describe, expect, it } from "vitest";
import { checkTarball, type Manifest, type Tarball } from "./tarball-rules.ts";

const license = "Do as you like.\n";

/** A tarball without a fault, with some files changed: undefined takes one away. */
function tarball(
  changes: Record<string, string | undefined> = {},
  manifest: Partial<Manifest> = {},
): Tarball {
  const texts: Record<string, string | undefined> = {
    LICENSE: license,
    "package.json": "{}",
    "dist/index.js": 'export * from "./ring.js";\n',
    "dist/index.d.ts": 'export * from "./ring.ts";\n',
    "dist/ring.js": 'import "node:os";\nimport "@corosync/codec";\n',
    "dist/ring.d.ts": "export {};\n",
    "src/index.ts": "",
    "src/ring.ts": "",
    ...changes,
  };
  return {
    manifest: {
      name: "ring",
      exports: {
        ".": {
          "@corosync/source": "./src/index.ts",
          types: "./dist/index.d.ts",
          default: "./dist/index.js",
        },
      },
      ...manifest,
    },
    files: new Set(Object.keys(texts).filter((path) => texts[path] !== undefined)),
    read: (path) => texts[path] ?? "",
  };
}

describe("checkTarball", () => {
  const check = (packed: Tarball): string[] => checkTarball(packed, new Set(["lab"]), license);

  it("finds nothing in a complete tarball", () => {
    expect(check(tarball())).toEqual([]);
  });

  const faults: ReadonlyArray<[what: string, packed: Tarball, message: string]> = [
    ["no licence", tarball({ LICENSE: undefined }), "ring: carries no LICENSE"],
    ["another licence", tarball({ LICENSE: "Mine.\n" }), "ring: carries another LICENSE than the workspace"],
    [
      "an export without its file",
      tarball({ "src/index.ts": undefined }),
      "ring: names ./src/index.ts, which is not in the tarball",
    ],
    [
      "a command without its file",
      tarball({}, { bin: { ring: "./dist/main.js" } }),
      "ring: names ./dist/main.js, which is not in the tarball",
    ],
    ["a compiled test", tarball({ "dist/ring.test.js": "" }), "ring: would publish dist/ring.test.js"],
    ["test vectors", tarball({ "test/vectors/a.bin": "" }), "ring: would publish test/vectors/a.bin"],
    ["build state", tarball({ "dist/.tsbuildinfo": "" }), "ring: would publish dist/.tsbuildinfo"],
    [
      "code that needs an unpublished file",
      tarball({ "dist/ring.js": 'import "./ring.test.js";\n' }),
      "ring: dist/ring.js:1 needs ./ring.test.js, which is not in the tarball",
    ],
    [
      "declarations that need an unpublished file",
      tarball({ "dist/ring.d.ts": undefined }),
      "ring: dist/index.d.ts:1 needs ./ring.ts, which is not in the tarball",
    ],
    [
      "a dependency that is never published",
      tarball({}, { dependencies: { lab: "1.0.0" } }),
      "ring: depends on lab, which is never published",
    ],
  ];

  it.each(faults)("names %s", (_what, packed, message) => {
    expect(check(packed)).toEqual([message]);
  });
});
