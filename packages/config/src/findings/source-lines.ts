import { displayText } from "../byte-text.ts";
import type { FilePosition } from "../config-error.ts";
import { cutLines } from "../file/lines.ts";
import type { ConfigurationFiles, FileContent } from "../file/parse-configuration.ts";

/** Longest part of a line that is shown. */
const SHOWN_BYTES = 510;

/** A line that holds the key of the cluster, which must not get into logs and reports. */
const SECRET = /^(\s*key[\s:]*:\s*)\S.*$/;

/** The lines of the files as they are, to be shown, but for keys of encryption. */
export class SourceLines {
  private readonly files: readonly FileContent[];
  private readonly lines = new Map<string, readonly Uint8Array[]>();

  constructor(files: ConfigurationFiles | null) {
    this.files = files === null ? [] : [files.main, ...files.uidgid];
  }

  /** The text of a line, "" when there is none. */
  line(position: FilePosition | null): string {
    if (position === null) return "";
    let lines = this.lines.get(position.file);
    if (lines === undefined) {
      const content = this.files.find(({ path }) => path === position.file)?.content;
      lines = content === undefined ? [] : [...cutLines(content)];
      this.lines.set(position.file, lines);
    }
    const bytes = lines[position.line - 1] ?? new Uint8Array(0);
    return displayText(String.fromCharCode(...bytes.subarray(0, SHOWN_BYTES + 1))).replace(
      SECRET,
      "$1(hidden)",
    );
  }
}
