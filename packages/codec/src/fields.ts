import { CodecError } from "./codec-error.ts";

/** A field type of a fixed layout: how many bytes, how to read and how to write them. */
export interface Field<T> {
  /** Size in bytes. */
  readonly size: number;
  /** The value that starts at `at`. */
  read(view: DataView, at: number): T;
  /** Writes a value at `at`. @throws CodecError when it does not fit the type */
  write(view: DataView, at: number, value: T): void;
}

function integer(
  name: string,
  size: number,
  minimum: number,
  maximum: number,
  read: (view: DataView, at: number) => number,
  write: (view: DataView, at: number, value: number) => void,
): Field<number> {
  return {
    size,
    read,
    write(view, at, value) {
      if (!Number.isInteger(value) || value < minimum || value > maximum) {
        throw new CodecError(name, "value", `${value} is not in ${minimum}..${maximum}`);
      }
      write(view, at, value);
    },
  };
}

/** Eight bits, unsigned. */
export const u8 = integer(
  "u8",
  1,
  0,
  0xff,
  (v, at) => v.getUint8(at),
  (v, at, x) => v.setUint8(at, x),
);
/** Eight bits, signed. */
export const i8 = integer(
  "i8",
  1,
  -0x80,
  0x7f,
  (v, at) => v.getInt8(at),
  (v, at, x) => v.setInt8(at, x),
);
/** 16 bits, unsigned, little-endian as all that follow. */
export const u16 = integer(
  "u16",
  2,
  0,
  0xffff,
  (v, at) => v.getUint16(at, true),
  (v, at, x) => v.setUint16(at, x, true),
);
/** 16 bits, signed. */
export const i16 = integer(
  "i16",
  2,
  -0x8000,
  0x7fff,
  (v, at) => v.getInt16(at, true),
  (v, at, x) => v.setInt16(at, x, true),
);
/** 32 bits, unsigned. */
export const u32 = integer(
  "u32",
  4,
  0,
  0xffffffff,
  (v, at) => v.getUint32(at, true),
  (v, at, x) => v.setUint32(at, x, true),
);
/** 32 bits, signed. */
export const i32 = integer(
  "i32",
  4,
  -0x80000000,
  0x7fffffff,
  (v, at) => v.getInt32(at, true),
  (v, at, x) => v.setInt32(at, x, true),
);

/** A 64-bit unsigned value that fits a JavaScript number (below 2^53): ring sequences, sizes, counters. */
export const u64: Field<number> = {
  size: 8,
  read(view, at) {
    const high = view.getUint32(at + 4, true);
    if (high > 0x1fffff) throw new CodecError("u64", "value", "exceeds 2^53");
    return high * 0x1_0000_0000 + view.getUint32(at, true);
  },
  write(view, at, value) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new CodecError("u64", "value", `${value} is not in 0..2^53-1`);
    view.setUint32(at, value >>> 0, true);
    view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
  },
};

/** A 64-bit value with all its bits: handles and other opaque numbers. */
export const u64Bits: Field<bigint> = {
  size: 8,
  read: (view, at) => view.getBigUint64(at, true),
  write: (view, at, value) => view.setBigUint64(at, value, true),
};

/** `length` raw bytes; reading copies them, writing pads a shorter value with zeros. */
export function bytes(length: number): Field<Uint8Array> {
  return {
    size: length,
    read: (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, length).slice(),
    write(view, at, value) {
      if (value.length > length)
        throw new CodecError("bytes", "value", `${value.length} bytes do not fit ${length}`);
      const target = new Uint8Array(view.buffer, view.byteOffset + at, length);
      target.fill(0);
      target.set(value);
    },
  };
}

/** `count` values one after the other; a shorter list is padded with zero bytes. */
export function array<T>(field: Field<T>, count: number): Field<T[]> {
  return {
    size: field.size * count,
    read: (view, at) => Array.from({ length: count }, (_, i) => field.read(view, at + i * field.size)),
    write(view, at, values) {
      if (values.length > count)
        throw new CodecError("array", "value", `${values.length} entries do not fit ${count}`);
      new Uint8Array(view.buffer, view.byteOffset + at, field.size * count).fill(0);
      for (let i = 0; i < values.length; i++) field.write(view, at + i * field.size, values[i]!);
    },
  };
}
