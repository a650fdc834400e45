export { ByteSpan } from "./byte-span.ts";
export { CodecError } from "./codec-error.ts";
export { array, bytes, type Field, i8, i16, i32, u8, u16, u32, u64, u64Bits } from "./fields.ts";
export { type Struct, type StructValue, struct } from "./struct.ts";
