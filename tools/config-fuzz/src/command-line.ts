import { parseArgs } from "node:util";

const FILES_DEFAULT = 200;
const FILES_MAX = 10_000_000;
export const SEED_MAX = 2 ** 31 - 1;

export const USAGE = `usage: config-fuzz [--files N] [--seed S] [--messages]
  --files N    generated files, 1 to ${FILES_MAX} (${FILES_DEFAULT})
  --seed S     0 to ${SEED_MAX}; another one each time if it is not given
  --messages   tells how often C said what`;

export interface CommandLine {
  readonly files: number;
  /** Null: to be drawn. */
  readonly seed: number | null;
  readonly messages: boolean;
}

/** @throws Error that says what is wrong with the arguments */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      files: { type: "string", default: String(FILES_DEFAULT) },
      seed: { type: "string" },
      messages: { type: "boolean", default: false },
    },
  });
  return {
    files: whole("--files", values.files, 1, FILES_MAX),
    seed: values.seed === undefined ? null : whole("--seed", values.seed, 0, SEED_MAX),
    messages: values.messages,
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`${option} must be a whole number from ${least} to ${most}, not ${text || "nothing"}`);
  return value;
}
