import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storedText } from "../byte-text.ts";
import { ConfigError, LineError } from "../config-error.ts";
import { readSections, type SectionReader } from "./grammar.ts";

/** What a text holds, as lines; the state of a section is its depth. */
function read(text: string, refuse?: string): string[] {
  const events: string[] = [];
  const reader: SectionReader<number> = {
    topLevel: 0,
    enter: (path, outer) => {
      events.push(`${path} {`);
      return outer + 1;
    },
    item: (path, value, depth) => {
      if (path === refuse) throw new LineError(`no ${path}`);
      events.push(`${path} = ${value} @${depth}`);
    },
    leave: (path, depth) => events.push(`} ${path} @${depth}`),
  };
  readSections("f.conf", new TextEncoder().encode(text), reader);
  return events;
}

function error(text: string, refuse?: string): ConfigError {
  try {
    read(text, refuse);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown;
    throw thrown;
  }
  throw new Error("was accepted");
}

describe("readSections", () => {
  it("reads sections and keys with their full paths", () => {
    expect(read("a: 1\nb {\n c: d: e \n inner : {\n x:\n }\n}\n")).toEqual([
      "a = 1 @0",
      "b {",
      "b.c = d: e @1",
      "b.inner {",
      "b.inner.x =  @2",
      "} b.inner @2",
      "} b @1",
    ]);
  });

  it("knows comments at the beginning of a line only, and no other blanks than space and tab", () => {
    expect(read("# a: b\n\t #x {\n\n \t\na: b # c\nk\f: v\n")).toEqual(["a = b # c @0", "k\f = v @0"]);
  });

  it("strips colons and blanks from names, but not the first character", () => {
    expect(read("a : : {\n}\n : {\n}\n")).toEqual(["a {", "} a @1", ": {", "} : @1"]);
    expect(error("::\n").message).toBe("parser error: f.conf:1: Key name can't be empty");
  });

  it.each([
    ["a {\n", 1, "Missing closing brace"],
    ["a {\n}\n}\n", 3, "Unexpected closing brace"],
    ["a { # c\n}\n", 1, "Extra characters after opening bracket '{'"],
    ["a {\n} b\n", 2, "Extra characters before or after closing bracket '}'"],
    [" {\n}\n", 1, "Missing section name before opening bracket '{'"],
    ["\n\nword\n", 3, "Line is not opening or closing section or key value"],
    ["a: \0\n", 1, "Line contains a NUL byte"],
    [`ok: 1\n${"x".repeat(511)}`, 2, "Line too long"],
    [`${"s".repeat(200)} {\n${"k".repeat(60)}: v\n}\n`, 2, "New key makes total cmap path too long"],
    [`${"s".repeat(254)} {\n}\n`, 1, "Start of section makes total cmap path too long"],
  ])("refuses %j", (text, line, reason) => {
    const found = error(text);
    expect(found.message).toBe(`parser error: f.conf:${line}: ${reason}`);
    expect(found.position).toEqual({ file: "f.conf", line });
    expect(found.exitCode).toBe(8);
  });

  it("names the line of a key that the reader refuses", () => {
    expect(error("a: 1\nb: 2\n", "b").message).toBe("parser error: f.conf:2: no b");
  });

  it("gives up on errors that C has no room for", () => {
    const key = "k".repeat(230);
    const text = `${key}: v\n`;
    expect(error(text, key).message).toContain(key);
    const path = `${"d/".repeat(100)}f.conf`;
    const reader: SectionReader<null> = {
      topLevel: null,
      enter: () => null,
      item: () => {
        throw new LineError("x".repeat(200));
      },
      leave: () => {},
    };
    expect(() => readSections(path, new TextEncoder().encode("a: b"), reader)).toThrow(
      /^Can't format parser error message$/,
    );
  });

  it("keeps bytes that are not UTF-8", () => {
    const values: string[] = [];
    const reader: SectionReader<null> = {
      topLevel: null,
      enter: () => null,
      item: (_path, value) => values.push(value),
      leave: () => {},
    };
    readSections("f", Uint8Array.of(0x61, 0x3a, 0xff, 0x80, 0x0a), reader);
    expect(values).toEqual(["\xff\x80"]);
  });

  it("finds an error or nothing wrong in whatever it is given", () => {
    const piece = fc.constantFrom("a", "key", " ", "\t", ":", "{", "}", "\n", "\r\n", "#", "\0", "é", "\xa0");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        try {
          read(pieces.join(""));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });

  it("gives back every value that can stand in a line", () => {
    const value = fc
      .string({ maxLength: 60, unit: "binary" })
      .map((text) => text.replace(/[\0\n{]/g, "").trim());
    fc.assert(
      fc.property(value, (text) => {
        // Whatever trim removes beyond blanks would not be removed by the grammar.
        expect(read(`k: ${text}\n`)).toEqual([`k = ${storedText(text)} @0`]);
      }),
    );
  });
});
