import { ByteSpan } from "@corosync/codec";
import { describe, expect, it } from "vitest";
import { decodeNumbered, encodeNumbered } from "./numbered-message.ts";

describe("numbered messages", () => {
  it("tell their number at every length", () => {
    for (const length of [1, 2, 3, 4, 15, 16, 17, 300])
      for (const number of [0, 1, 63, 64, 640, 64 * 300, 1_000_000]) {
        const data = encodeNumbered(number, 3, 77, length, 9);
        if (length >= 4 || number % 64 === 0) expect(data.length).toBe(length);
        expect(decodeNumbered(new ByteSpan(data), 3, 77, number + 1)).toBe(number);
        expect(decodeNumbered(new ByteSpan(data), 3, 77, number + 5000)).toBe(number);
      }
  });

  it("show that they are damaged, or another sender's", () => {
    const data = encodeNumbered(5, 3, 77, 100, 9);
    expect(decodeNumbered(new ByteSpan(data), 3, 78, 6)).toBe(-1);
    data[60]! ^= 1;
    expect(decodeNumbered(new ByteSpan(data), 3, 77, 6)).toBe(-1);
  });
});
