import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFlightData, FlightDataError, readFlightData } from "./flight-data.ts";
import { flightDataText } from "./flight-data-text.ts";
import { type FlightEntry, FlightRecorder } from "./flight-recorder.ts";

const vector = (name: string) =>
  gunzipSync(readFileSync(new URL(`../test/vectors/${name}.gz`, import.meta.url)));

function entry(text: string, changes: Partial<FlightEntry> = {}): FlightEntry {
  return { timeMs: 1_700_000_000_123, level: 5, tag: 8, function: "main", line: 17, text, ...changes };
}

function recorded(entries: readonly FlightEntry[], sizeWords = 4096): FlightEntry[] {
  const recorder = new FlightRecorder(sizeWords);
  for (const one of entries) recorder.record(one);
  return [...readFlightData(encodeFlightData(recorder)).entries];
}

describe("a file of C Corosync", () => {
  it("is printed as libqb prints it", () => {
    // libqb prints local time; the vector was made in UTC.
    const zone = process.env["TZ"];
    process.env["TZ"] = "UTC";
    try {
      const lines = [...flightDataText(vector("corosync-3.1.7-fdata"))];
      const printed = vector("corosync-3.1.7-fdata.txt").toString("latin1").trimEnd().split("\n");
      // libqb's reader leaves pieces of earlier messages behind a `%%`.
      const mended = printed.map((line) => line.replace("75%it timeout (714 ms) of", "75% of"));
      expect(lines).toEqual(mended);
      expect(lines.length).toBeGreaterThan(300);
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });
});

describe("a recorder's file", () => {
  it("holds what was recorded, in order", () => {
    const entries = [
      entry("first"),
      entry("100% of %d and %s", { level: 0, tag: 15, function: "TOTEM", line: 0 }),
      entry("Ünïcödé ✓", { level: 8, timeMs: 1_700_000_000_999 }),
      entry(""),
    ];
    expect(recorded(entries)).toEqual(entries);
    expect(recorded([])).toEqual([]);
  });

  it("cuts long texts between characters, and names", () => {
    const [long] = recorded([entry("é".repeat(600), { function: "f".repeat(100) })]);
    expect(long!.text).toBe("é".repeat(254));
    expect(long!.function).toBe("f".repeat(63));
  });

  it("keeps the newest entries when there is no room for all, however they fall", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 520 }), { minLength: 1, maxLength: 300 }), (lengths) => {
        const entries = lengths.map((length, index) => entry(`${index} ${"x".repeat(length)}`.slice(0, 508)));
        const kept = recorded(entries, 1024);
        expect(kept.length).toBeGreaterThan(0);
        expect(kept).toEqual(entries.slice(-kept.length));
        // 4 KiB hold at least six of the longest.
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(entries.length, 6));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a memory that does not hold an entry", () => {
    expect(() => new FlightRecorder(100)).toThrow(RangeError);
  });
});

describe("reading", () => {
  const whole = () => {
    const recorder = new FlightRecorder(1024);
    for (let i = 0; i < 100; i++) recorder.record(entry(`message ${i}`));
    return encodeFlightData(recorder);
  };

  it.each([
    ["nothing", (file: Uint8Array) => file.subarray(0, 0), "the file is too short"],
    ["a cut header", (file: Uint8Array) => file.subarray(0, 30), "the file is too short"],
    ["cut data", (file: Uint8Array) => file.subarray(0, 1000), "960 bytes of 4096 are there"],
    ["another file", () => new Uint8Array(100).fill(0x41), "the header's sum is wrong"],
  ])("says what is wrong with %s", (_what, change, message) => {
    expect(() => readFlightData(change(whole()))).toThrow(new FlightDataError(message));
  });

  it("reads files of older libqb, whose times are seconds", () => {
    const recorder = new FlightRecorder(1024);
    recorder.record(entry("one", { timeMs: 5_000 }));
    const file = encodeFlightData(recorder).slice(20);
    // Without the nanoseconds the message's length stands eight bytes earlier.
    const view = new DataView(file.buffer);
    const at = 20 + 8 + 13 + 5 + 8;
    file.copyWithin(at, at + 8);
    view.setUint32(20, view.getUint32(20, true) - 8, true);
    expect([...readFlightData(file).entries]).toEqual([entry("one", { timeMs: 5_000 })]);
  });

  it("survives any damage with entries or a FlightDataError", () => {
    const file = whole();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }),
        (changes) => {
          const damaged = file.slice();
          for (const [at, value] of changes) damaged[at] = value;
          try {
            const lines = [...flightDataText(damaged)];
            expect(lines.length).toBeLessThan(1024);
          } catch (error) {
            expect(error).toBeInstanceOf(FlightDataError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("shows control characters of a message as text", () => {
    const recorder = new FlightRecorder(1024);
    recorder.record(entry("a\nb\u001b[2J\u2028c"));
    expect([...flightDataText(encodeFlightData(recorder))].at(-1)).toMatch(/: a\\x0ab\\x1b\[2J\\u2028c$/);
  });
});
