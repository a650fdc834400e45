import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { array, ByteSpan, bytes, CodecError, i32, struct, u8, u16, u32, u64, u64Bits } from "./index.ts";

const ringId = struct("ring id", 12, { representative: [0, u32], sequence: [4, u64] });
const sample = struct("sample", 40, {
  ring: [0, ringId],
  list: [12, array(u16, 3)],
  flag: [18, u8],
  error: [20, i32],
  raw: [24, bytes(5)],
  handle: [32, u64Bits],
});

describe("struct", () => {
  it("reads back what it wrote, whatever the values", () => {
    const value = fc.record({
      ring: fc.record({
        representative: fc.integer({ min: 0, max: 0xffffffff }),
        sequence: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      }),
      list: fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 3, maxLength: 3 }),
      flag: fc.integer({ min: 0, max: 255 }),
      error: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
      raw: fc.uint8Array({ minLength: 5, maxLength: 5 }),
      handle: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
    });
    fc.assert(
      fc.property(value, fc.integer({ min: 0, max: 7 }), (v, shift) => {
        const target = new Uint8Array(sample.size + shift);
        sample.encodeInto(v, target, shift);
        expect(sample.decode(target, shift)).toEqual(v);
      }),
    );
  });

  it("puts fields at their offsets in little-endian order and zeroes padding", () => {
    const target = new Uint8Array(12).fill(0xaa);
    ringId.encodeInto({ representative: 0x01020304, sequence: 0x1_0000_0002 }, target);
    expect([...target]).toEqual([4, 3, 2, 1, 2, 0, 0, 0, 1, 0, 0, 0]);
    expect(
      sample.encode(
        {
          ring: { representative: 0, sequence: 0 },
          list: [],
          flag: 0,
          error: 0,
          raw: new Uint8Array(),
          handle: 0n,
        },
        3,
      ),
    ).toHaveLength(43);
  });

  it("names structure and field when bytes are missing or a value does not fit", () => {
    expect(() => ringId.decode(new Uint8Array(11))).toThrow(/ring id.size: needs 12 bytes at 0/);
    expect(() => ringId.encode({ representative: -1, sequence: 0 })).toThrow(/ring id.representative/);
    expect(() => ringId.encode({ representative: 0, sequence: 2 ** 53 })).toThrow(CodecError);
    expect(() => struct("bad", 4, { x: [2, u32] })).toThrow(/bad.x: reaches beyond 4 bytes/);
  });

  it("refuses a 64-bit number that JavaScript cannot hold exactly", () => {
    const raw = new Uint8Array(12).fill(0xff);
    expect(() => ringId.decode(raw)).toThrow(/exceeds 2\^53/);
  });
});

describe("ByteSpan", () => {
  it("reads and writes relative to its offset and refuses to leave its bytes", () => {
    const span = new ByteSpan(new Uint8Array(16), 4, 8);
    span.setU32(0, 0xdeadbeef);
    span.write(4, Uint8Array.of(1, 2, 3, 4));
    expect(span.u32(0)).toBe(0xdeadbeef);
    expect([...span.copy(4)]).toEqual([1, 2, 3, 4]);
    expect(span.bytes[4]).toBe(0xef);
    expect(() => span.write(5, new Uint8Array(4))).toThrow(RangeError);
    expect(() => new ByteSpan(new Uint8Array(4), 2, 3)).toThrow(RangeError);
  });
});
