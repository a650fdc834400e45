import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDefaults, readDefaultsFiles } from "./defaults-file.ts";

describe("parseDefaults", () => {
  it("reads options and timeout", () => {
    const text = `# Corosync\nCOROSYNC_OPTIONS="-c /etc/other.conf  -f"\nCOROSYNC_INIT_TIMEOUT=90\nOTHER=x\n`;
    expect(parseDefaults(text)).toEqual({
      options: ["-c", "/etc/other.conf", "-f"],
      initTimeoutSeconds: 90,
    });
  });

  it("takes quotes of both kinds, carriage returns, and signs of comments within quotes", () => {
    const options = (text: string) => parseDefaults(text).options;
    expect(options("COROSYNC_OPTIONS='-c /etc/a;b.conf'\r\n")).toEqual(["-c", "/etc/a;b.conf"]);
    expect(options('COROSYNC_OPTIONS="-c /etc/a#b.conf"\n; other\n#COROSYNC_OPTIONS=-t\n')).toEqual([
      "-c",
      "/etc/a#b.conf",
    ]);
    expect(options("COROSYNC_OPTIONS=-t\nCOROSYNC_OPTIONS=-f\n")).toEqual(["-f"]);
  });

  it.each(["", 'COROSYNC_OPTIONS=""\n', "[section]\nCOROSYNC_OPTIONS=-f\n", "COROSYNC_INIT_TIMEOUT=soon\n"])(
    "has defaults for %j",
    (text) => {
      expect(parseDefaults(text)).toEqual({ options: [], initTimeoutSeconds: 60 });
    },
  );
});

describe("readDefaultsFiles", () => {
  it("reads all that are there, of which the later wins", async () => {
    const directory = mkdtempSync(join(tmpdir(), "defaults-"));
    try {
      const paths = ["default", "sysconfig"].map((name) => join(directory, name));
      expect(await readDefaultsFiles(paths)).toEqual({ options: [], initTimeoutSeconds: 60 });
      writeFileSync(paths[0]!, "COROSYNC_OPTIONS=-f\nCOROSYNC_INIT_TIMEOUT=5");
      expect((await readDefaultsFiles(paths)).options).toEqual(["-f"]);
      writeFileSync(paths[1]!, 'COROSYNC_OPTIONS="-t"\n');
      expect(await readDefaultsFiles(paths)).toEqual({ options: ["-t"], initTimeoutSeconds: 5 });
      await expect(readDefaultsFiles([directory])).rejects.toThrow("EISDIR");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
