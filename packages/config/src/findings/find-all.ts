import { displayText } from "../byte-text.ts";
import type { ConfigError, FilePosition } from "../config-error.ts";
import type { ConfigMap } from "../config-map.ts";
import type { ConfigEnvironment } from "../evaluation/environment.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import type { ConfigurationFiles, PassedOver } from "../file/parse-configuration.ts";
import type { Diagnosis, DiagnosisContext } from "./diagnosis.ts";
import { EVALUATION_DIAGNOSES, freeNodeId } from "./evaluation-diagnoses.ts";
import { FILE_DIAGNOSES } from "./file-diagnoses.ts";
import type { Finding } from "./finding.ts";
import { type Mark, markedPart } from "./line-mark.ts";
import { remarksOnKeys } from "./lint-keys.ts";
import { SourceLines } from "./source-lines.ts";

/** Errors of one file that are told; what comes after so many is of no help. */
const FINDINGS_MAX = 100;
const PARSER_PREFIX = /^parser error: .*?:\d+: /s;
const CONFIG_PREFIX = /^parse error in config: /;

/**
 * All that can be said about a configuration: the errors of the file, those of what it means, each found
 * by leaving out what the one before was about, and remarks on keys.
 * @param map what was read, the lines with errors left out; it is not changed
 * @param errors what was wrong with these lines
 */
export function findAll(
  files: ConfigurationFiles,
  map: ConfigMap,
  errors: readonly ConfigError[],
  environment: ConfigEnvironment,
): readonly Finding[] {
  const source = new SourceLines(files);
  const findings = errors.map((error) => ofFile(error, map, source));
  const evaluated = ofEvaluation(map, environment, files.main.path, source);
  const remarks = remarksOnKeys(map).map(({ key, mark, ...said }): Finding => {
    const position = map.position(key);
    const about = { ...said, key: displayText(key) };
    return { ...about, ...place(source, position, mark, files.main.path) };
  });
  const passedOver = (files.passedOver ?? []).map(ofPassedOver);
  const told = [...findings, ...evaluated, ...passedOver, ...remarks].slice(0, FINDINGS_MAX);
  return told.map((finding) => withoutSecrets(finding, source));
}

/** The finding for an error that came before anything was read. */
export function findingOfError(error: ConfigError, file: string): Finding {
  return {
    severity: "error",
    ...place(new SourceLines(null), undefined, "line", file),
    key: null,
    text: error.message,
    reason: "The file is read from its beginning to its end, as the user that the daemon runs as.",
    suggestion: null,
  };
}

function ofPassedOver({ path, reason }: PassedOver): Finding {
  return {
    severity: "warning",
    ...place(new SourceLines(null), undefined, "line", path),
    key: null,
    text: `is passed over: ${reason}`,
    reason:
      "It lets nobody connect: uidgid.d holds files that the daemon can read, and that name users and groups.",
    suggestion: null,
  };
}

function ofFile(error: ConfigError, map: ConfigMap, source: SourceLines): Finding {
  const text = error.message.replace(PARSER_PREFIX, "");
  const file = error.position?.file ?? "";
  const line = source.line(error.position);
  const { finding } = diagnosed(text, FILE_DIAGNOSES, { map, environment: null, source: line }, (mark) =>
    place(source, error.position ?? undefined, mark, file),
  );
  const reason = error.detail === null ? finding.reason : `${finding.reason} ${error.detail}`;
  return { ...finding, reason };
}

/** The words of the C daemon quote lines; what is hidden of these is hidden there, too. */
function withoutSecrets(finding: Finding, source: SourceLines): Finding {
  const { file, line, key, text, reason, suggestion } = finding;
  const position = line === null ? null : { file, line };
  const shown = (one: string) => source.textAbout(position, one);
  return {
    ...finding,
    key: key === null ? null : shown(key),
    text: shown(text),
    reason: shown(reason),
    suggestion: suggestion === null ? null : shown(suggestion),
  };
}

function ofEvaluation(
  map: ConfigMap,
  environment: ConfigEnvironment,
  file: string,
  source: SourceLines,
): readonly Finding[] {
  const findings: Finding[] = [];
  const remaining = map.copy();
  while (findings.length < FINDINGS_MAX) {
    const { error, warnings } = outcome(remaining, environment);
    if (error === null) {
      findings.push(...warnings.map((text) => ofWarning(text, map, file, source)));
      return findings;
    }
    const text = error.message.replace(CONFIG_PREFIX, "");
    const found = diagnosed(
      text,
      EVALUATION_DIAGNOSES,
      { map: remaining, environment, source: "" },
      (mark, key) => place(source, key === null ? undefined : map.position(key), mark, file),
    );
    // Without the keys at fault there may be more to find; when nothing can be left out there is not.
    if (findings.some((one) => one.text === found.finding.text) || !leaveOut(remaining, found.keys)) {
      return [...findings, found.finding];
    }
    findings.push(found.finding);
  }
  return findings;
}

function outcome(map: ConfigMap, environment: ConfigEnvironment) {
  const evaluation = evaluate(map.copy(), environment);
  const warnings = evaluation.error === null ? evaluation.configuration.warnings : evaluation.warnings;
  return { error: evaluation.error, warnings };
}

function leaveOut(map: ConfigMap, keys: readonly string[]): boolean {
  const before = map.size;
  for (const key of keys) {
    // Without an id a node would be at fault for that.
    if (key.endsWith(".nodeid")) map.setNumber(key, "u32", freeNodeId(map));
    else map.delete(key);
  }
  if (keys.includes("totem.secauth")) map.setString("totem.secauth", "off");
  if (keys.includes("totem.version")) map.setNumber("totem.version", "u32", 2);
  return map.size !== before || keys.some((key) => key === "totem.version" || key.endsWith(".nodeid"));
}

const WARNED_KEYS: readonly (readonly [RegExp, string])[] = [
  [/^member section/, "totem.interface.0.member.0"],
  [/^nodeid in totem/, "totem.nodeid"],
  [/bindnetaddr/, "totem.interface.0.bindnetaddr"],
];

function ofWarning(text: string, map: ConfigMap, file: string, source: SourceLines): Finding {
  const key = WARNED_KEYS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  return {
    severity: "warning",
    ...place(source, key === null ? undefined : map.position(key), "line", file),
    key,
    text,
    reason: "The nodelist has the place of interface sections and of totem.nodeid since Corosync 3.",
    suggestion: null,
  };
}

type Place = Pick<Finding, "file" | "line" | "column" | "length" | "source">;

function place(source: SourceLines, position: FilePosition | undefined, mark: Mark, file: string): Place {
  if (position === undefined) return { file, line: null, column: null, length: 0, source: null };
  const text = source.line(position);
  return { file: position.file, line: position.line, ...markedPart(text, mark), source: text };
}

function diagnosed(
  text: string,
  table: readonly Diagnosis[],
  { map, environment, source }: Pick<DiagnosisContext, "map" | "environment" | "source">,
  placeOf: (mark: Mark, key: string | null) => Place,
): { readonly finding: Finding; readonly keys: readonly string[] } {
  const diagnosis = table.find(({ pattern }) => pattern.test(text));
  const parts = diagnosis?.pattern.exec(text) ?? [];
  const part = (index: number) => parts[index] ?? "";
  const before = { map, environment, source, part, key: null, value: "" };
  const keys = diagnosis?.keys?.(before) ?? [];
  const shown = diagnosis?.shown?.(before) ?? keys;
  const key = shown.find((one) => map.position(one) !== undefined) ?? null;
  const context: DiagnosisContext = {
    ...before,
    key,
    value: (key === null ? undefined : map.string(key)) ?? "",
  };
  const { reason = "", suggestion } = diagnosis ?? {};
  const finding: Finding = {
    severity: "error",
    ...placeOf(diagnosis?.mark ?? "line", key),
    key: key === null ? null : displayText(key),
    text,
    reason: typeof reason === "string" ? reason : reason(context),
    suggestion: suggestion?.(context) ?? null,
  };
  return { finding, keys };
}
