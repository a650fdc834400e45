/** Conversions of printf: flags, width, precision, length, letter. */
const CONVERSION = /%([#\- +'I0]*)(\*|\d*)(?:\.(\*|\d*))?(hh|h|ll|l|z|t|j|L|q)?([diouxXeEfFgGaAcsp%])/g;
const LONG = new Set(["l", "ll", "z", "t", "j", "q"]);
/** Widths and precisions beyond are cut: no message is longer. */
const MAX_WIDTH = 512;

/**
 * The text of a recorded message: a printf format, its NUL, and the arguments in the order of its
 * conversions, as libqb keeps them. Arguments that are missing are shown as `?`.
 */
export function printfMessage(message: Uint8Array): string {
  const formatEnd = message.indexOf(0);
  const format = decode(formatEnd < 0 ? message : message.subarray(0, formatEnd));
  const args = new Arguments(message.subarray(formatEnd < 0 ? message.length : formatEnd + 1));
  const text = format.replace(
    CONVERSION,
    (_whole, flags: string, width: string, precision, length, letter) => {
      if (letter === "%") return args.percent();
      const fieldWidth = bounded(width === "*" ? args.int32() : Number(width || 0));
      const digits = precision === "*" ? args.int32() : precision === undefined ? null : Number(precision);
      const value = convert(letter, LONG.has(length), digits === null ? null : bounded(digits), flags, args);
      return pad(value, fieldWidth, flags, /[diouxXeEfFgG]/.test(letter));
    },
  );
  return text.replace(/\n+$/, "");
}

function convert(
  letter: string,
  long: boolean,
  precision: number | null,
  flags: string,
  args: Arguments,
): string {
  switch (letter) {
    case "d":
    case "i":
      return signed(args.integer(long, true), flags);
    case "u":
      return unsigned(args.integer(long, false), 10);
    case "o":
      return unsigned(args.integer(long, false), 8);
    case "x":
      return (flags.includes("#") ? "0x" : "") + unsigned(args.integer(long, false), 16);
    case "X":
      return (flags.includes("#") ? "0X" : "") + unsigned(args.integer(long, false), 16).toUpperCase();
    case "p": {
      const address = args.integer(true, false);
      return address === 0n ? "(nil)" : `0x${unsigned(address, 16)}`;
    }
    case "c":
      return args.character();
    case "s":
      return args.text().slice(0, precision ?? undefined);
    default:
      return real(letter, args.double(), Math.min(precision ?? 6, 100));
  }
}

function signed(value: bigint | null, flags: string): string {
  if (value === null) return "?";
  return value >= 0n && flags.includes("+") ? `+${value}` : value.toString();
}

function unsigned(value: bigint | null, radix: number): string {
  return value === null ? "?" : value.toString(radix);
}

function real(letter: string, value: number | null, precision: number): string {
  if (value === null) return "?";
  switch (letter.toLowerCase()) {
    case "f":
      return value.toFixed(precision);
    case "e":
      return value.toExponential(precision).replace(/e([+-])(\d)$/, "e$10$2");
    default:
      return String(Number(value.toPrecision(Math.max(precision, 1))));
  }
}

function pad(text: string, width: number, flags: string, numeric: boolean): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!numeric || !flags.includes("0")) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function bounded(width: number | null): number {
  return Math.max(0, Math.min(width ?? 0, MAX_WIDTH));
}

/** The arguments of a format, taken one by one; null and `?` when the bytes are used up. */
class Arguments {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  int32(): number | null {
    const at = this.#take(4);
    return at < 0 ? null : this.#view.getInt32(at, true);
  }

  integer(long: boolean, withSign: boolean): bigint | null {
    const at = this.#take(long ? 8 : 4);
    if (at < 0) return null;
    if (long) return withSign ? this.#view.getBigInt64(at, true) : this.#view.getBigUint64(at, true);
    return BigInt(withSign ? this.#view.getInt32(at, true) : this.#view.getUint32(at, true));
  }

  double(): number | null {
    const at = this.#take(8);
    return at < 0 ? null : this.#view.getFloat64(at, true);
  }

  /** libqb keeps a byte for `%%` as well, which its own reader forgets. */
  percent(): string {
    if (this.#bytes[this.#at] === 0x25) this.#at++;
    return "%";
  }

  character(): string {
    const at = this.#take(1);
    return at < 0 ? "?" : String.fromCharCode(this.#bytes[at]!);
  }

  text(): string {
    const rest = this.#bytes.subarray(this.#at);
    if (rest.length === 0) return "?";
    const end = rest.indexOf(0);
    this.#at += end < 0 ? rest.length : end + 1;
    return decode(end < 0 ? rest : rest.subarray(0, end));
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) {
      this.#at = this.#bytes.length;
      return -1;
    }
    this.#at += length;
    return at;
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
