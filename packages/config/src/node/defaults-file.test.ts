import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDefaults, readDefaultsFile } from "./defaults-file.ts";

describe("parseDefaults", () => {
  it("reads options and timeout", () => {
    const text = `# Corosync\nCOROSYNC_OPTIONS="-c /etc/other.conf  -f"\nCOROSYNC_INIT_TIMEOUT=90\nOTHER=x\n`;
    expect(parseDefaults(text)).toEqual({
      options: ["-c", "/etc/other.conf", "-f"],
      initTimeoutSeconds: 90,
    });
  });

  it.each(["", 'COROSYNC_OPTIONS=""\n', "[section]\nCOROSYNC_OPTIONS=-f\n", "COROSYNC_INIT_TIMEOUT=soon\n"])(
    "has defaults for %j",
    (text) => {
      expect(parseDefaults(text)).toEqual({ options: [], initTimeoutSeconds: 60 });
    },
  );
});

describe("readDefaultsFile", () => {
  it("reads a file, and takes a missing one for an empty one", async () => {
    const directory = mkdtempSync(join(tmpdir(), "defaults-"));
    try {
      const path = join(directory, "corosync");
      expect((await readDefaultsFile(path)).options).toEqual([]);
      writeFileSync(path, "COROSYNC_OPTIONS=-f\n");
      expect((await readDefaultsFile(path)).options).toEqual(["-f"]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
