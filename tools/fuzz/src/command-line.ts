import { parseArgs } from "node:util";
import { fromBase64, toBase64 } from "./engine/corpus.ts";

export const USAGE =
  "fuzz [--target NAME]... [--seconds N] [--executions N] [--seed S] [--keep] [--uncovered] [--replay BASE64]";

export interface CommandLine {
  /** Beginnings of the names of targets; none is all. */
  readonly targets: readonly string[];
  /** For all targets together. */
  readonly seconds: number;
  /** For each target. */
  readonly executions: number;
  readonly seed: number;
  readonly keep: boolean;
  readonly uncovered: boolean;
  readonly replay: string | null;
}

/** @throws Error that says what is wrong with the arguments */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: "string", multiple: true, default: [] },
      seconds: { type: "string", default: "60" },
      executions: { type: "string", default: "Infinity" },
      seed: { type: "string" },
      keep: { type: "boolean", default: false },
      uncovered: { type: "boolean", default: false },
      replay: { type: "string" },
    },
  });
  const positive = (name: "seconds" | "executions"): number => {
    const value = Number(values[name]);
    if (!(value > 0)) throw new Error(`--${name} must be a positive number`);
    return value;
  };
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new Error("--seed must be from 0 to 4294967295");
  if (values.replay !== undefined && values.target.length !== 1)
    throw new Error("--replay needs the one --target that the input is for");
  if (values.replay !== undefined && toBase64(fromBase64(values.replay)) !== values.replay)
    throw new Error("--replay must be base64, whole and as a finding prints it");
  return {
    targets: values.target,
    seconds: positive("seconds"),
    executions: positive("executions"),
    seed,
    keep: values.keep,
    uncovered: values.uncovered,
    replay: values.replay ?? null,
  };
}
