import { CodecError } from "./codec-error.ts";
import type { Field } from "./fields.ts";

type Layout = Readonly<Record<string, readonly [offset: number, field: Field<unknown>]>>;
type Values<L extends Layout> = { -readonly [K in keyof L]: L[K][1] extends Field<infer T> ? T : never };

/**
 * A structure of fixed size whose fields stand at fixed offsets. It is itself a field, so structures
 * nest. Bytes that no field covers are padding: written as zero, never read.
 */
export interface Struct<T> extends Field<T> {
  readonly name: string;
  /** Reads the structure at `offset`. @throws CodecError when the bytes end before it does */
  decode(bytes: Uint8Array, offset?: number): T;
  /** Writes the structure at `offset`, padding zeroed. @throws CodecError when it does not fit */
  encodeInto(value: T, bytes: Uint8Array, offset?: number): void;
  /** Writes the structure into bytes of its own, followed by `tailBytes` zero bytes. */
  encode(value: T, tailBytes?: number): Uint8Array;
}

/**
 * Declares a structure: `struct("cpg_name", 136, { length: [0, u32], name: [8, bytes(128)] })`.
 * @throws CodecError when a field reaches beyond `size`
 */
export function struct<const L extends Layout>(name: string, size: number, layout: L): Struct<Values<L>> {
  const fields = Object.entries(layout);
  for (const [field, [offset, type]] of fields) {
    if (offset < 0 || offset + type.size > size)
      throw new CodecError(name, field, `reaches beyond ${size} bytes`);
  }
  const read = (view: DataView, at: number): Values<L> => {
    const value: Record<string, unknown> = {};
    for (const [field, [offset, type]] of fields) value[field] = type.read(view, at + offset);
    return value as Values<L>;
  };
  const write = (view: DataView, at: number, value: Values<L>): void => {
    new Uint8Array(view.buffer, view.byteOffset + at, size).fill(0);
    for (const [field, [offset, type]] of fields) {
      try {
        type.write(view, at + offset, (value as Record<string, unknown>)[field]);
      } catch (error) {
        if (error instanceof CodecError) throw new CodecError(name, field, error.message);
        throw error;
      }
    }
  };
  const need = (bytes: Uint8Array, offset: number): void => {
    if (offset < 0 || offset + size > bytes.length) {
      throw new CodecError(name, "size", `needs ${size} bytes at ${offset}, but there are ${bytes.length}`);
    }
  };
  return {
    name,
    size,
    read,
    write,
    decode(bytes, offset = 0) {
      need(bytes, offset);
      return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset);
    },
    encodeInto(value, bytes, offset = 0) {
      need(bytes, offset);
      write(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset, value);
    },
    encode(value, tailBytes = 0) {
      const bytes = new Uint8Array(size + tailBytes);
      write(new DataView(bytes.buffer), 0, value);
      return bytes;
    },
  };
}

/** The type of the values that a structure holds. */
export type StructValue<S> = S extends Struct<infer T> ? T : never;
