/** One breach of the layering rules, at the place a developer has to mend. */
export interface Fault {
  /** Path from the workspace root, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Which rule is broken; stable, for tests and for searching. */
  readonly rule: Rule;
  /** What is wrong and what would be right. */
  readonly message: string;
}

export type Rule =
  /** A package uses one on its own floor or above. */
  | "upward"
  /** An import goes around a package's public face. */
  | "face"
  /** An import of a package that package.json does not declare. */
  | "undeclared"
  /** tsconfig.json references and package.json dependencies tell different stories. */
  | "references"
  /** A package does not say on which floor it stands. */
  | "floor"
  /** A file that cannot be read as TypeScript, JavaScript or JSON. */
  | "unreadable";

/** @returns the fault as one line: `file:line: [rule] message` */
export function formatFault(fault: Fault): string {
  return `${fault.file}:${fault.line}: [${fault.rule}] ${fault.message}`;
}
