import { displayText } from "../byte-text.ts";
import { ConfigError, type FilePosition, LineError, UNPRINTABLE_ERROR } from "../config-error.ts";
import { MAX_KEY_CHARACTERS } from "../config-map.ts";
import { fileLines } from "./lines.ts";

/** Longest text of a parser error that C can print, file name included (spec config 1.8). */
const MAX_ERROR_BYTES = 383;

/**
 * Who takes what a file holds. `S` is the state that decides which keys are special; a section hands
 * it on to the sections within it. Every method may throw LineError.
 */
export interface SectionReader<S> {
  readonly topLevel: S;
  /** @param path dotted path of the section that begins; returns the state that holds within it */
  enter(path: string, outer: S): S;
  /**
   * @param path dotted path of the key, section included
   * @param position the line that it is on
   */
  item(path: string, value: string, state: S, position: FilePosition): void;
  leave(path: string, state: S): void;
}

interface OpenSection<S> {
  readonly path: string;
  readonly state: S;
}

/**
 * Reads a file of sections and keys (spec config 1.2 to 1.4).
 * @param file the name that errors give
 * @throws ConfigError of step "file" with file and line
 */
export function readSections<S>(file: string, content: Uint8Array, reader: SectionReader<S>): void {
  let line = 0;
  try {
    const open: OpenSection<S>[] = [{ path: "", state: reader.topLevel }];
    for (const text of fileLines(content, (number) => {
      line = number;
    })) {
      readLine(text, open, reader, { file, line });
    }
    if (open.length > 1) throw new LineError("Missing closing brace");
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    throw parserError(file, line, error.message);
  }
}

function readLine<S>(
  text: string,
  open: OpenSection<S>[],
  reader: SectionReader<S>,
  position: FilePosition,
): void {
  const line = trimBlanks(text);
  if (line === "" || line.startsWith("#")) return;
  const section = open.at(-1)!;
  const brace = line.indexOf("{");
  if (brace !== -1) {
    const path = sectionPath(section.path, line.slice(0, brace), line.slice(brace + 1));
    open.push({ path, state: reader.enter(path, section.state) });
    return;
  }
  const colon = line.indexOf(":");
  if (colon !== -1) {
    const path = keyPath(section.path, line.slice(0, colon));
    reader.item(path, trimBlanks(line.slice(colon + 1)), section.state, position);
    return;
  }
  if (!line.includes("}")) throw new LineError("Line is not opening or closing section or key value");
  if (line !== "}") throw new LineError("Extra characters before or after closing bracket '}'");
  if (open.length === 1) throw new LineError("Unexpected closing brace");
  reader.leave(section.path, section.state);
  open.pop();
}

function sectionPath(outer: string, left: string, right: string): string {
  const name = trimName(left);
  // C looks for the name up to the last blank after the brace, and so finds the brace itself.
  if (name === "" && !isBlank(right[0]))
    throw new LineError("Missing section name before opening bracket '{'");
  if (trimBlanks(right) !== "") throw new LineError("Extra characters after opening bracket '{'");
  if (outer.length + name.length + 1 > MAX_KEY_CHARACTERS) {
    throw new LineError("Start of section makes total cmap path too long");
  }
  return outer === "" ? name : `${outer}.${name}`;
}

function keyPath(section: string, left: string): string {
  const name = trimName(left);
  // C took the colon itself for the name until 3.1.10 (spec config 1.4).
  if (name === "") throw new LineError("Key name can't be empty");
  if (section.length + name.length + 1 > MAX_KEY_CHARACTERS) {
    throw new LineError("New key makes total cmap path too long");
  }
  return section === "" ? name : `${section}.${name}`;
}

/** Only space and tab are blank. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

/** Removes blanks, and colons and braces at the end, but never the first character. */
function trimName(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text[start])) start++;
  let end = text.length;
  while (end > start + 1 && (isBlank(text[end - 1]) || text[end - 1] === ":" || text[end - 1] === "{")) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

function parserError(file: string, line: number, reason: string): ConfigError {
  const message = `parser error: ${file}:${line}: ${displayText(reason)}`;
  const tooLong = new TextEncoder().encode(message).length > MAX_ERROR_BYTES;
  return new ConfigError("file", tooLong ? UNPRINTABLE_ERROR : message, { file, line });
}
