/** Whether an option takes an argument, as in C: none, the next word, or only the rest of its own word. */
export type OptionArgument = "none" | "required" | "optional";

export interface LongOption {
  /** Without the two hyphens. */
  readonly name: string;
  readonly argument: OptionArgument;
  /** What stands for the option in the result: usually the short option's letter. */
  readonly result: string;
}

export interface OptionSyntax {
  /** As getopt's: letters, each followed by `:` (argument) or `::` (optional argument). */
  readonly short: string;
  readonly long?: readonly LongOption[];
}

/** One option of a command line, or what is wrong with it. */
export type FoundOption =
  | { readonly option: string; readonly argument: string | null; readonly error: null }
  | { readonly option: null; readonly argument: null; readonly error: string };

export interface CommandLine {
  /** In their order, errors among them, so that a program can act on one before it meets the next. */
  readonly options: readonly FoundOption[];
  /** The words that are no options. */
  readonly operands: readonly string[];
}

/**
 * Reads a command line as getopt_long of the GNU C library does, with its words for errors: short
 * options in clusters, long ones abbreviated, arguments in the same word or the next, operands between
 * options, and `--` before the last of them.
 * @param program the name that begins each error
 */
export function getopt(program: string, words: readonly string[], syntax: OptionSyntax): CommandLine {
  const options: FoundOption[] = [];
  const operands: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      operands.push(...rest);
      break;
    }
    if (word.startsWith("--")) {
      options.push(longOption(program, word.slice(2), rest, syntax.long ?? []));
    } else if (word.startsWith("-") && word !== "-") {
      options.push(...shortOptions(program, word.slice(1), rest, syntax.short));
    } else {
      operands.push(word);
    }
  }
  return { options, operands };
}

/** @param rest the words that follow; an argument is taken from them */
function shortOptions(program: string, cluster: string, rest: string[], short: string): FoundOption[] {
  const found: FoundOption[] = [];
  const letters = [...cluster];
  for (let letter = letters.shift(); letter !== undefined; letter = letters.shift()) {
    const kind = shortArgument(letter, short);
    if (kind === null) {
      found.push(failed(`${program}: invalid option -- '${letter}'`));
      continue;
    }
    if (kind === "none") {
      found.push({ option: letter, argument: null, error: null });
      continue;
    }
    const inWord = letters.length > 0 ? letters.join("") : undefined;
    const argument = inWord ?? (kind === "required" ? rest.shift() : null);
    found.push(
      argument === undefined
        ? failed(`${program}: option requires an argument -- '${letter}'`)
        : { option: letter, argument, error: null },
    );
    break;
  }
  return found;
}

/** Null for a letter that is no option. */
function shortArgument(letter: string, short: string): OptionArgument | null {
  const at = letter === ":" || letter === ";" ? -1 : short.indexOf(letter);
  if (at === -1) return null;
  if (short.startsWith("::", at + 1)) return "optional";
  return short[at + 1] === ":" ? "required" : "none";
}

function longOption(
  program: string,
  word: string,
  rest: string[],
  known: readonly LongOption[],
): FoundOption {
  const equals = word.indexOf("=");
  const name = equals === -1 ? word : word.slice(0, equals);
  const value = equals === -1 ? null : word.slice(equals + 1);
  const matches = matchingOptions(name, known);
  const match = matches[0];
  if (match === undefined) return failed(`${program}: unrecognized option '--${word}'`);
  if (matches.length > 1) {
    const possibilities = matches.map((option) => ` '--${option.name}'`).join("");
    return failed(`${program}: option '--${word}' is ambiguous; possibilities:${possibilities}`);
  }
  if (match.argument === "none" && value !== null) {
    return failed(`${program}: option '--${match.name}' doesn't allow an argument`);
  }
  const argument = match.argument === "required" ? (value ?? rest.shift()) : value;
  if (argument === undefined) return failed(`${program}: option '--${match.name}' requires an argument`);
  return { option: match.result, argument, error: null };
}

/** One option when the name is exact or means only one thing; else all that it could mean. */
function matchingOptions(name: string, known: readonly LongOption[]): readonly LongOption[] {
  const exact = known.find((option) => option.name === name);
  if (exact !== undefined) return [exact];
  const candidates = known.filter((option) => option.name.startsWith(name));
  const first = candidates[0];
  const differ = candidates.some(
    ({ argument, result }) => argument !== first?.argument || result !== first.result,
  );
  return differ ? candidates : candidates.slice(0, 1);
}

function failed(error: string): FoundOption {
  return { option: null, argument: null, error };
}
