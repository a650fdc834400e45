import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFlightData, FlightRecorder, flightDataText } from "../src/index.ts";

/** Debian's corosync brings libqb without its headers and without `qb-blackbox`. */
const READER = `
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv) {
  void *libqb = dlopen("libqb.so.100", RTLD_NOW);
  if (argc < 2 || libqb == NULL) { fprintf(stderr, "%s\\n", dlerror()); return 9; }
  ((int (*)(const char *)) dlsym(libqb, "qb_log_blackbox_print_from_file"))(argv[1]);
  return 0;
}
`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-libqb-"));
  writeFileSync(join(folder, "reader.c"), READER);
  const { status, stderr } = spawnSync("gcc", ["-o", "reader", "reader.c", "-ldl"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("libqb", () => {
  it.each([
    ["that has room left", 100],
    ["that has gone round", 30_000],
  ])("reads the file of a recorder %s as we do", (_what, count) => {
    const recorder = new FlightRecorder(262_144 + 1_024);
    for (let i = 0; i < count; i++) {
      const text = `message ${i}, 100% of %s ${"x".repeat(i % 480)}`;
      recorder.record({
        timeMs: 1_700_000_000_000 + i,
        level: i % 9,
        tag: i % 20,
        function: "MAIN",
        line: i,
        text,
      });
    }
    const file = encodeFlightData(recorder);
    writeFileSync(join(folder, "fdata"), file);
    const { status, stdout } = spawnSync(join(folder, "reader"), [join(folder, "fdata")], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toEqual([...flightDataText(file)]);
    expect(lines.at(-1)).toContain(`MAIN(${count - 1})`);
  });
});
