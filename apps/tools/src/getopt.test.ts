import { describe, expect, it } from "vitest";
import { getopt, type OptionSyntax } from "./getopt.ts";

const syntax: OptionSyntax = {
  short: "k:lho::",
  long: [
    { name: "key-file", argument: "required", result: "k" },
    { name: "less-secure", argument: "none", result: "l" },
    { name: "list", argument: "none", result: "L" },
    { name: "help", argument: "none", result: "h" },
    { name: "only", argument: "optional", result: "o" },
  ],
};

/** Options as `letter=argument`, errors as they are. */
function options(...words: string[]): string[] {
  return getopt("tool", words, syntax).options.map(({ option, argument, error }) => {
    return error ?? (argument === null ? option! : `${option}=${argument}`);
  });
}

describe("getopt", () => {
  it("reads short options, in clusters and with arguments in the same word or the next", () => {
    expect(options("-l", "-h")).toEqual(["l", "h"]);
    expect(options("-lhk", "file")).toEqual(["l", "h", "k=file"]);
    expect(options("-lkfile")).toEqual(["l", "k=file"]);
    expect(options("-k", "-l")).toEqual(["k=-l"]);
    expect(options("-k", "")).toEqual(["k="]);
  });

  it("gives an optional argument only from the same word", () => {
    expect(options("-oword", "-o", "word")).toEqual(["o=word", "o"]);
    expect(options("--only=word", "--only", "word")).toEqual(["o=word", "o"]);
  });

  it("reads long options, abbreviated where that is clear", () => {
    expect(options("--key-file=a", "--key-file", "b", "--key=c", "--k", "d")).toEqual([
      "k=a",
      "k=b",
      "k=c",
      "k=d",
    ]);
    expect(options("--key-file=", "--he")).toEqual(["k=", "h"]);
  });

  it("prefers an exact name to longer ones", () => {
    const long = [
      { name: "list", argument: "none", result: "a" },
      { name: "list-all", argument: "none", result: "b" },
    ] as const;
    const [found] = getopt("tool", ["--list"], { short: "", long }).options;
    expect(found).toMatchObject({ option: "a" });
  });

  it("takes names of one meaning for one", () => {
    const long = [
      { name: "colour", argument: "none", result: "c" },
      { name: "color", argument: "none", result: "c" },
    ] as const;
    expect(getopt("tool", ["--col"], { short: "", long }).options).toMatchObject([{ option: "c" }]);
  });

  it("keeps operands apart wherever they stand", () => {
    const { options: found, operands } = getopt("tool", ["a", "-l", "-", "--", "-h", "--help"], syntax);
    expect(found).toEqual([{ option: "l", argument: null, error: null }]);
    expect(operands).toEqual(["a", "-", "-h", "--help"]);
  });

  it.each([
    [["-x"], "tool: invalid option -- 'x'"],
    [["-:"], "tool: invalid option -- ':'"],
    [["-k"], "tool: option requires an argument -- 'k'"],
    [["--nope=1"], "tool: unrecognized option '--nope=1'"],
    [["--l"], "tool: option '--l' is ambiguous; possibilities: '--less-secure' '--list'"],
    [["--help=yes"], "tool: option '--help' doesn't allow an argument"],
    [["--key"], "tool: option '--key-file' requires an argument"],
  ])("says what the C library says of %j", (words, message) => {
    expect(options(...words)).toEqual([message]);
  });

  it("goes on after an error", () => {
    expect(options("-xl", "--nope", "-h")).toEqual([
      "tool: invalid option -- 'x'",
      "l",
      "tool: unrecognized option '--nope'",
      "h",
    ]);
  });
});
