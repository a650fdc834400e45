import type { ReadonlyConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "../evaluation/environment.ts";
import type { Mark } from "./line-mark.ts";

/** What a diagnosis can look at. */
export interface DiagnosisContext {
  readonly map: ReadonlyConfigMap;
  /** Null while the file is read. */
  readonly environment: ConfigEnvironment | null;
  /** The line at fault as it is, or "". */
  readonly source: string;
  /** Parts of the message that the pattern has caught. */
  readonly part: (index: number) => string;
  /** The first key at fault, and its value as text. */
  readonly key: string | null;
  readonly value: string;
}

/** What to say about one kind of error. */
export interface Diagnosis {
  /** Of the message without `parser error: FILE:LINE: ` and `parse error in config: `. */
  readonly pattern: RegExp;
  readonly mark?: Mark;
  /** The keys at fault, as cmap has them; the first is shown, and all are left out to find more. */
  readonly keys?: (context: DiagnosisContext) => readonly string[];
  /** Keys whose first is shown where leaving out keys would not help to find more. */
  readonly shown?: (context: DiagnosisContext) => readonly string[];
  readonly reason: string | ((context: DiagnosisContext) => string);
  readonly suggestion?: (context: DiagnosisContext) => string | null;
}
