import type { InputField } from "../target.ts";
import type { Random } from "./random.ts";

const INTERESTING = [
  0, 1, 2, 3, 4, 7, 8, 12, 13, 16, 24, 29, 30, 31, 32, 41, 45, 57, 64, 127, 128, 255, 256, 383, 384, 385,
  1023, 1024, 1472, 1500, 16383, 16384, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001,
  0xfffffffe, 0xffffffff,
];

/** Longest input that mutations make. */
const INPUT_BYTES_MAX = 8192;

/** What mutations may use besides the input itself. */
export interface MutationHelp {
  readonly fields: readonly InputField[];
  readonly values: readonly number[];
  /** Another input of the corpus. */
  readonly other: Uint8Array;
}

/** Applies one to four random mutations. */
export function mutateBytes(input: Uint8Array, help: MutationHelp, random: Random): Uint8Array {
  let bytes: Uint8Array = input.slice();
  for (let n = 1 + random.below(4); n > 0; n--) bytes = mutateOnce(bytes, help, random);
  return bytes;
}

function mutateOnce(bytes: Uint8Array, help: MutationHelp, random: Random): Uint8Array {
  const { fields } = help;
  if (fields.length > 0 && !random.oneIn(3)) {
    setField(bytes, random.pick(fields), help.values, random);
    return bytes;
  }
  switch (random.below(9)) {
    case 0:
      if (bytes.length > 0) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      return bytes;
    case 1:
      if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    case 2:
    case 3: {
      const size = 1 << random.below(4);
      if (bytes.length >= size)
        setField(bytes, { at: random.below(bytes.length - size + 1), bytes: size }, help.values, random);
      return bytes;
    }
    case 4:
      return bytes.slice(0, random.below(bytes.length + 1));
    case 5:
      return replaced(bytes, random, 0, new Uint8Array(0));
    case 6:
      return replaced(bytes, random, 0, piece(bytes, random));
    case 7:
      return replaced(bytes, random, 1, piece(help.other, random));
    default: {
      const more = new Uint8Array(random.oneIn(8) ? random.below(2000) : random.below(32));
      if (random.oneIn(2)) more.fill(random.below(256));
      return joined(bytes, more);
    }
  }
}

/** A part of `bytes`, mostly short. */
function piece(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const most = random.oneIn(4) ? bytes.length : 32;
  return bytes.slice(at, at + 1 + random.below(most + 1));
}

/** Puts `inserted` in the place of a random piece, or with `keep` over bytes of its own length. */
function replaced(bytes: Uint8Array, random: Random, keep: 0 | 1, inserted: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const removed = keep === 1 ? inserted.length : inserted.length > 0 ? 0 : 1 + random.below(16);
  return joined(joined(bytes.slice(0, at), inserted), bytes.subarray(Math.min(bytes.length, at + removed)));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.min(INPUT_BYTES_MAX, a.length + b.length));
  bytes.set(a.subarray(0, bytes.length));
  if (bytes.length > a.length) bytes.set(b.subarray(0, bytes.length - a.length), a.length);
  return bytes;
}

function setField(bytes: Uint8Array, field: InputField, values: readonly number[], random: Random): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { at, bytes: size } = field;
  if (at + size > bytes.length) return;
  const old =
    size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
  const value = fieldValue(old, values, random);
  if (size === 1) view.setUint8(at, value & 0xff);
  else if (size === 2) view.setUint16(at, value & 0xffff, true);
  else view.setUint32(at, value >>> 0, true);
  if (size === 8) view.setUint32(at + 4, random.oneIn(4) ? fieldValue(0, values, random) >>> 0 : 0, true);
}

function fieldValue(old: number, values: readonly number[], random: Random): number {
  const near = random.below(9) - 4;
  switch (random.below(6)) {
    case 0:
    case 1:
      return old + near;
    case 2:
      return random.pick(INTERESTING);
    case 3:
      return random.word();
    case 4:
      return -old;
    default:
      return values.length > 0
        ? random.pick(values) + (random.oneIn(2) ? near : 0)
        : random.pick(INTERESTING);
  }
}
