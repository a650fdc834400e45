/** What of a line a finding is about. */
export type Mark = "line" | "key" | "value" | "afterBrace" | "end";

/** The first character that is meant, counting from 1, and how many there are: at least one. */
export interface MarkedPart {
  readonly column: number;
  readonly length: number;
}

/** Finds the part of a line; what is not there is the whole text of the line. */
export function markedPart(line: string, mark: Mark): MarkedPart {
  const [start, end] = bounds(line, mark);
  const first = start + (line.slice(start, end).length - line.slice(start, end).trimStart().length);
  const last = start + line.slice(start, end).trimEnd().length;
  if (last > first) return { column: first + 1, length: last - first };
  return { column: Math.min(end, line.length) + 1, length: 1 };
}

function bounds(line: string, mark: Mark): [start: number, end: number] {
  const colon = line.indexOf(":");
  const brace = line.indexOf("{");
  if (mark === "key" && colon !== -1) return [0, colon];
  if (mark === "value" && colon !== -1) return [colon + 1, line.length];
  if (mark === "afterBrace" && brace !== -1) return [brace + 1, line.length];
  if (mark === "end") return [Math.max(0, line.length - 1), line.length];
  return [0, line.length];
}
