import { displayText } from "../byte-text.ts";
import type { FilePosition } from "../config-error.ts";
import { cutLines } from "../file/lines.ts";
import type { ConfigurationFiles, FileContent } from "../file/parse-configuration.ts";
import { HIDDEN, secretPieces, withoutSecret } from "./secret-lines.ts";

/** Longest part of a line that is shown. */
const SHOWN_BYTES = 510;

/** Shorter values of a key may be words of other lines by chance. */
const LONG_PIECE_CHARACTERS = 8;

/** The lines of the files as they are, to be shown, but for keys of encryption. */
export class SourceLines {
  private readonly files: readonly FileContent[];
  private readonly lines = new Map<string, readonly Uint8Array[]>();

  private secrets: readonly string[] | null = null;

  constructor(files: ConfigurationFiles | null) {
    this.files = files === null ? [] : [files.main, ...files.uidgid];
  }

  /** The text of a line, "" when there is none. */
  line(position: FilePosition | null): string {
    return withoutSecret(this.bare(position));
  }

  /** A text about a line, without what must not be shown of it and of any other. */
  textAbout(position: FilePosition | null, text: string): string {
    this.secrets ??= this.longSecrets();
    const pieces = [...secretPieces(this.bare(position)), ...this.secrets];
    return pieces.reduce((shown, piece) => shown.replaceAll(piece, HIDDEN), text);
  }

  /** A brace after a key makes it the name of a section, which the lines within it are told with. */
  private longSecrets(): readonly string[] {
    const pieces = new Set<string>();
    for (const { path, content } of this.files) {
      let line = 0;
      for (const _ of cutLines(content)) {
        line++;
        for (const piece of secretPieces(this.bare({ file: path, line }))) pieces.add(piece);
      }
    }
    return [...pieces].filter((piece) => piece.length >= LONG_PIECE_CHARACTERS);
  }

  private bare(position: FilePosition | null): string {
    if (position === null) return "";
    let lines = this.lines.get(position.file);
    if (lines === undefined) {
      const content = this.files.find(({ path }) => path === position.file)?.content;
      lines = content === undefined ? [] : [...cutLines(content)];
      this.lines.set(position.file, lines);
    }
    const bytes = lines[position.line - 1] ?? new Uint8Array(0);
    return displayText(String.fromCharCode(...bytes.subarray(0, SHOWN_BYTES + 1)));
  }
}
