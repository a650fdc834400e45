import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertInside } from "./enclosure.ts";
import { ConfigFuzz } from "./fuzz.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "enclosure-"));
  for (const name of ["etc", "lib", "log"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the enclosure", () => {
  it("is missed before anything is written", () => {
    expect(() => new ConfigFuzz(folder)).toThrow("/etc/corosync is the machine's own");
  });

  it("is there when each folder of the machine is one of its own", () => {
    for (const name of ["a", "b"]) symlinkSync(join(folder, "etc"), join(folder, name));
    const covered = (name: string) => [[join(folder, name), "etc"]] as const;
    expect(() => assertInside(folder, covered("a"))).not.toThrow();
    expect(() => assertInside(folder, [...covered("a"), [join(folder, "b"), "log"]])).toThrow(
      "machine's own",
    );
    expect(() => assertInside(folder, covered("missing"))).toThrow("machine's own");
  });
});
