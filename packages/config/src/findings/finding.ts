/** How bad a finding is: an `error` keeps the daemon from starting, a `warning` means less than it seems. */
export type Severity = "error" | "warning" | "note";

/** One thing to say about a configuration. */
export interface Finding {
  readonly severity: Severity;
  readonly file: string;
  /** Counting from 1; null when no single line is at fault. */
  readonly line: number | null;
  /** First character at fault, counting from 1; null without a line. */
  readonly column: number | null;
  /** Characters at fault; 0 without a line. */
  readonly length: number;
  /** The line itself, or null. */
  readonly source: string | null;
  /** The key at fault as cmap has it, or null. */
  readonly key: string | null;
  /** What the C daemon says, or our own words for what it passes over. */
  readonly text: string;
  /** Why it is a fault, and of what. */
  readonly reason: string;
  /** What might be meant, to be put in place of what is marked or told in words; null when nothing is near. */
  readonly suggestion: string | null;
}
