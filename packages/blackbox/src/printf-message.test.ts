import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printfMessage } from "./printf-message.ts";

/** A message as libqb keeps it: strings with a NUL, numbers as they lie in memory. */
function message(
  format: string,
  ...args: readonly (string | number | bigint | { double: number })[]
): Uint8Array {
  const parts = [Buffer.from(`${format}\0`)];
  for (const arg of args) {
    const number = Buffer.alloc(8);
    if (typeof arg === "string") parts.push(Buffer.from(`${arg}\0`));
    else if (typeof arg === "bigint") {
      number.writeBigInt64LE(BigInt.asIntN(64, arg));
      parts.push(number);
    } else if (typeof arg === "number") {
      number.writeInt32LE(arg | 0);
      parts.push(number.subarray(0, 4));
    } else {
      number.writeDoubleLE(arg.double);
      parts.push(number);
    }
  }
  return Buffer.concat(parts);
}

describe("printfMessage", () => {
  it("puts the arguments where the format wants them", () => {
    expect(printfMessage(message("%s left %d of %u: 100%%", "n1", -3, -1))).toBe(
      "n1 left -3 of 4294967295: 100%",
    );
    // The first character of the string is what libqb keeps for `%%`.
    expect(printfMessage(message("%d%% of %s", 75, "%all"))).toBe("75% of all");
    expect(printfMessage(message("%lld %zu %lx", -(2n ** 40n), 2n ** 63n, 255n))).toBe(
      "-1099511627776 9223372036854775808 ff",
    );
    expect(printfMessage(message("%p %p", 0n, 4096n))).toBe("(nil) 0x1000");
    expect(printfMessage(message("[%*d|%-5s|%.2s]", 4, 7, "ab", "xyz"))).toBe("[   7|ab   |xy]");
    expect(printfMessage(message("plain\n\n"))).toBe("plain");
  });

  it("prints numbers as the C library does", () => {
    const cases: readonly (readonly [string, number])[] = [
      ["%d", -5],
      ["%5d|", 42],
      ["%-5d|", 42],
      ["%05d", -42],
      ["%+d", 7],
      ["%x", 255],
      ["%X", 48879],
      ["%#x", 16],
      ["%08x", 4660],
      ["%o", 8],
    ];
    const reals: readonly (readonly [string, number])[] = [
      ["%f", 1.5],
      ["%.4f", 3.14558],
      ["%8.2f|", 2.345],
      ["%e", 12345.678],
    ];
    const expected = [...cases, ...reals].map(([format, value]) => {
      return spawnSync("printf", [format, String(value)], { encoding: "latin1", env: { LC_ALL: "C" } })
        .stdout;
    });
    const printed = [
      ...cases.map(([format, value]) => printfMessage(message(format, value))),
      ...reals.map(([format, value]) => printfMessage(message(format, { double: value }))),
    ];
    expect(printed).toEqual(expected);
  });

  it("shows arguments that are missing", () => {
    expect(printfMessage(message("%s and %d and %f, %c"))).toBe("? and ? and ?, ?");
    expect(printfMessage(Buffer.from("no end"))).toBe("no end");
    expect(printfMessage(new Uint8Array())).toBe("");
  });

  it("takes any bytes, and makes no message longer than widths allow", () => {
    const piece = fc.constantFrom(
      "%",
      "s",
      "d",
      "*",
      ".",
      "9999999",
      "l",
      "x",
      "\0",
      "text",
      "-",
      "0",
      "p",
      "c",
      "f",
    );
    fc.assert(
      fc.property(fc.array(piece), fc.uint8Array({ maxLength: 40 }), (pieces, bytes) => {
        const bytesOfMessage = Buffer.concat([Buffer.from(pieces.join("")), bytes]);
        expect(printfMessage(bytesOfMessage).length).toBeLessThan(600 * (pieces.length + 1));
      }),
      { numRuns: 1_000 },
    );
  });
});
