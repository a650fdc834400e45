/** The integer types of a cmap value that fit a JavaScript number. */
export type CmapNumberType = "i8" | "u8" | "i16" | "u16" | "i32" | "u32";

/**
 * A typed value of the configuration map. A string has one character for each byte of the file
 * (`displayText` decodes it), without the NUL that C stores after it.
 */
export type CmapValue =
  | { readonly type: CmapNumberType; readonly value: number }
  | { readonly type: "u64"; readonly value: bigint }
  | { readonly type: "str"; readonly value: string };
