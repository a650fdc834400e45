import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInteger, parseUnsigned64 } from "./integer.ts";

describe("parseInteger", () => {
  it.each([
    ["0", 0],
    ["-0", 0],
    ["+5000", 5000],
    ["05000", 5000],
    [" \t42", 42],
    ["4294967295", 4294967295],
    ["00000000000000000000000000000001", 1],
  ])("reads %j", (text, value) => {
    expect(parseInteger("k", text, "u32")).toBe(value);
  });

  it.each(["", " ", "0x10", "1 ", "1.0", "1e3", "--1", "4294967296", "-1", "9".repeat(400)])(
    "refuses %j",
    (text) => {
      expect(() => parseInteger("totem.token", text, "u32")).toThrow();
    },
  );

  it("says what it expected", () => {
    expect(() => parseInteger("totem.token", "x", "u32")).toThrow(
      'Value of key "totem.token" is expected to be integer in range (0..4294967295), but "x" was given',
    );
    expect(() => parseInteger("k", "40", "i8", 30)).toThrow("range (-128..30)");
    expect(() => parseInteger("k", "y".repeat(300), "u8")).toThrow(/^Can't format parser error message$/);
  });

  it("takes exactly the values of a type", () => {
    fc.assert(
      fc.property(fc.integer({ min: -70_000, max: 70_000 }), (value) => {
        const read = () => parseInteger("k", String(value), "i16");
        if (value >= -32768 && value <= 32767) expect(read()).toBe(value);
        else expect(read).toThrow();
      }),
    );
  });
});

describe("parseUnsigned64", () => {
  it("reads up to the greatest value", () => {
    expect(parseUnsigned64("k", "18446744073709551615")).toBe(18446744073709551615n);
    expect(parseUnsigned64("k", "+007")).toBe(7n);
  });

  it.each(["18446744073709551616", "-1", "", "x", "9".repeat(40)])("refuses %j", (text) => {
    expect(() => parseUnsigned64("k", text)).toThrow(
      `Value of key "k" is expected to be unsigned integer, but "${text}" was given`,
    );
  });
});
