import { displayText } from "../byte-text.ts";
import { ConfigError, type FilePosition, LineError, UNPRINTABLE_ERROR } from "../config-error.ts";
import { MAX_KEY_CHARACTERS } from "../config-map.ts";
import { cutLines, lineText } from "./lines.ts";

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
  /** The line that opened it. */
  readonly line: number;
  readonly skipped: boolean;
}

/**
 * Reads a file of sections and keys (spec config 1.2 to 1.4).
 * @param file the name that errors give
 * @param tolerate takes each error, and reading goes on after its line; without it the first is thrown
 * @throws ConfigError of step "file" with file and line
 */
export function readSections<S>(
  file: string,
  content: Uint8Array,
  reader: SectionReader<S>,
  tolerate?: (error: ConfigError) => void,
): void {
  let line = 0;
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      const fault = parserError(file, line, error);
      if (tolerate === undefined) throw fault;
      tolerate(fault);
    }
  };
  const sections = new OpenSections(reader);
  for (const bytes of cutLines(content)) {
    line++;
    attempt(() => sections.readLine(lineText(bytes), { file, line }));
  }
  attempt(() => sections.end());
}

/** The sections that are open at a line. What is in one that could not be opened is passed over. */
class OpenSections<S> {
  private readonly open: OpenSection<S>[];

  constructor(private readonly reader: SectionReader<S>) {
    this.open = [{ path: "", state: reader.topLevel, line: 0, skipped: false }];
  }

  readLine(text: string, position: FilePosition): void {
    const line = trimBlanks(text);
    if (line === "" || line.startsWith("#")) return;
    const section = this.open.at(-1)!;
    const brace = line.indexOf("{");
    const colon = line.indexOf(":");
    if (brace !== -1) this.enter(section, line.slice(0, brace), line.slice(brace + 1), position.line);
    else if (colon !== -1) {
      const path = keyPath(section.path, line.slice(0, colon));
      if (!section.skipped)
        this.reader.item(path, trimBlanks(line.slice(colon + 1)), section.state, position);
    } else if (line.includes("}")) this.leave(section, line);
    else throw new LineError("Line is not opening or closing section or key value");
  }

  end(): void {
    const section = this.open.at(-1)!;
    if (this.open.length === 1) return;
    throw new LineError(
      "Missing closing brace",
      `Section ${section.path} of line ${section.line} is not closed.`,
    );
  }

  private enter(outer: OpenSection<S>, left: string, right: string, line: number): void {
    // A section that is closed in its own line is not open for what follows.
    const closed = right.includes("}");
    if (!closed) this.open.push({ ...outer, line, skipped: true });
    const path = sectionPath(outer.path, left, right);
    const state = this.reader.enter(path, outer.state);
    this.open[this.open.length - 1] = { path, state, line, skipped: outer.skipped };
  }

  private leave(section: OpenSection<S>, line: string): void {
    const nested = this.open.length > 1;
    if (nested) this.open.pop();
    if (line !== "}") throw new LineError("Extra characters before or after closing bracket '}'");
    if (!nested) throw new LineError("Unexpected closing brace");
    if (!section.skipped) this.reader.leave(section.path, section.state);
  }
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

function parserError(file: string, line: number, { message: reason, detail }: LineError): ConfigError {
  const text = `parser error: ${file}:${line}: ${displayText(reason)}`;
  const tooLong = new TextEncoder().encode(text).length > MAX_ERROR_BYTES;
  const message = tooLong ? UNPRINTABLE_ERROR : text;
  return new ConfigError("file", message, { file, line }, detail === null ? null : displayText(detail));
}
