import type { CmapNumberType } from "../cmap-value.ts";
import { quotingError } from "../config-error.ts";

const SIGNED_DECIMAL = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)$/;
const UNSIGNED_DECIMAL = /^[ \t\n\v\f\r]*\+?([0-9]+)$/;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;
/** More digits than any value in range has; longer ones need not be converted. */
const MAX_DIGITS = 20;

const RANGES: Readonly<Record<CmapNumberType, readonly [minimum: number, maximum: number]>> = {
  i8: [-0x80, 0x7f],
  u8: [0, 0xff],
  i16: [-0x8000, 0x7fff],
  u16: [0, 0xffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u32: [0, 0xffff_ffff],
};

/**
 * Reads an integer as C's strtoll does with base 10 (spec config 1.7).
 * @param key the name that the error gives
 * @param maximum where it is less than what the type holds
 * @throws LineError for another syntax and for a value out of range
 */
export function parseInteger(key: string, text: string, type: CmapNumberType, maximum?: number): number {
  const [least, most] = RANGES[type];
  const limit = maximum ?? most;
  const match = SIGNED_DECIMAL.exec(text);
  const digits = match?.[2]?.replace(/^0+(?=.)/, "") ?? "";
  const value = match?.[1] === "-" ? -Number(digits) : Number(digits);
  if (match === null || digits.length > MAX_DIGITS || value < least || value > limit) {
    throw quotingError(
      `Value of key "${key}" is expected to be integer in range (${least}..${limit}), but "${text}" was given`,
    );
  }
  return value === 0 ? 0 : value;
}

/**
 * Reads an unsigned 64-bit integer. C wraps negative numbers and aborts for bad syntax up to 3.1.9;
 * both are errors here, in the words of 3.1.10 (spec config 1.7).
 * @throws LineError
 */
export function parseUnsigned64(key: string, text: string): bigint {
  const digits = UNSIGNED_DECIMAL.exec(text)?.[1]?.replace(/^0+(?=.)/, "");
  if (digits !== undefined && digits.length <= MAX_DIGITS) {
    const value = BigInt(digits);
    if (value <= MAX_U64) return value;
  }
  throw quotingError(`Value of key "${key}" is expected to be unsigned integer, but "${text}" was given`);
}
