import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlightRecorder, flightDataText } from "@corosync/blackbox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FlightDataDump } from "./flight-data-dump.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corosync-flight-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const recorder = new FlightRecorder(1024);
recorder.record({ timeMs: 0, level: 5, tag: 8, function: "MAIN", line: 0, text: "hello" });

/** Local time, as the C daemon names its files. */
const TIME = new Date(2026, 0, 31, 9, 5, 7).getTime();

describe("FlightDataDump", () => {
  it.each(["write", "writeNow"] as const)(
    "%s: a file of the owner's, and a link to the last one",
    async (way) => {
      let now = TIME;
      const dump = new FlightDataDump(folder, 77, () => now);
      const first = await dump[way](recorder);
      expect(first).toBe(join(folder, "fdata-2026-01-31T09:05:07-77"));
      expect(statSync(first).mode & 0o777).toBe(0o600);
      expect(readlinkSync(join(folder, "fdata"))).toBe(first);
      expect([...flightDataText(readFileSync(join(folder, "fdata")))].at(-1)).toMatch(/MAIN\(0\):8: hello$/);
      now += 1_000;
      const second = await dump[way](recorder);
      expect(readlinkSync(join(folder, "fdata"))).toBe(second);
      expect(readdirSync(folder).sort()).toEqual([
        "fdata",
        "fdata-2026-01-31T09:05:07-77",
        "fdata-2026-01-31T09:05:08-77",
      ]);
    },
  );

  it("leaves nothing behind when it fails, and works again when the cause is gone", async () => {
    const dump = new FlightDataDump(folder, 77, () => TIME);
    mkdirSync(join(folder, "fdata"));
    await expect(dump.write(recorder)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(folder).filter((name) => name.startsWith("fdata-"))).toEqual([]);
    expect(() => dump.writeNow(recorder)).toThrow();
    rmSync(join(folder, "fdata"), { recursive: true });
    await dump.write(recorder);
    expect(readlinkSync(join(folder, "fdata"))).toMatch(/-77$/);
  });

  it("writes once for requests that come together", async () => {
    const dump = new FlightDataDump(folder, 77, () => TIME);
    const [one, two] = [dump.write(recorder), dump.write(recorder)];
    expect(one).toBe(two);
    await one;
  });
});
