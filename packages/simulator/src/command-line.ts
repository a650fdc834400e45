import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Fault } from "./fault.ts";
import { readNumber } from "./number-option.ts";
import { isProfileName, PROFILES, type Profile, type ProfileName } from "./profile.ts";
import { PROFILE_OPTIONS, readProfileOption } from "./profile-options.ts";
import { parseSchedule } from "./schedule-file.ts";

const HOUR_MS = 3_600_000;
const SEED_MAX = 0xffffffff;
const NODES_MAX = 384;
const NOISE_MAX = 1000;

/** What `npm run simulate` was asked for. */
export interface Command {
  readonly seed: number;
  /** How many seeds, this one first. */
  readonly seeds: number;
  readonly noise: number;
  readonly nodes: number;
  readonly hours: number;
  readonly profileName: ProfileName;
  readonly profile: Profile;
  /** The options that change the profile, as they were given. */
  readonly changes: readonly string[];
  /** Instead of faults that the seed gives. */
  readonly schedule: readonly Fault[] | null;
  readonly trace: boolean;
  readonly tracePackets: boolean;
  readonly shrink: boolean;
  readonly help: boolean;
}

const text = (value: string) => ({ type: "string", default: value }) as const;
const flag = (value = false) => ({ type: "boolean", default: value }) as const;

const OPTIONS = {
  seed: text("1"),
  seeds: text("1"),
  noise: text("0"),
  nodes: text("5"),
  hours: text("0.005"),
  profile: text("chaos"),
  schedule: { type: "string" },
  trace: flag(),
  "trace-packets": flag(),
  shrink: flag(true),
  help: flag(),
} as const;

const profileOptions = Object.fromEntries(
  PROFILE_OPTIONS.map(({ name }) => [name, { type: "string" } as const]),
);

const optionTypes: Readonly<Record<string, { readonly type: "string" | "boolean" }>> = {
  ...profileOptions,
  ...OPTIONS,
};

/**
 * @throws Error that names the option that is wrong
 */
export function readCommand(args: readonly string[]): Command {
  const { values, tokens } = parseArgs({
    args: joinValues(args),
    allowNegative: true,
    tokens: true,
    options: { ...profileOptions, ...OPTIONS },
  });
  const number = (name: "seed" | "seeds" | "noise" | "nodes", least: number, most: number): number =>
    readNumber(name, values[name], { least, most, whole: true });
  const profileName = values.profile;
  if (!isProfileName(profileName))
    throw new Error(`--profile must be one of ${Object.keys(PROFILES).join(", ")}, not ${profileName}`);
  let profile: Profile = PROFILES[profileName];
  const changes: string[] = [];
  for (const token of tokens) {
    const option = PROFILE_OPTIONS.find(({ name }) => token.kind === "option" && token.name === name);
    if (option === undefined || token.kind !== "option") continue;
    profile = { ...profile, ...readProfileOption(option, token.value ?? "") };
    changes.push(`--${option.name} ${token.value}`);
  }
  const nodes = number("nodes", 1, NODES_MAX);
  if (profile.cNodes > nodes)
    throw new Error(`--c-nodes must be at most ${nodes}, which is --nodes, not ${profile.cNodes}`);
  const seed = number("seed", 0, SEED_MAX);
  const seeds = number("seeds", 1, 1_000_000);
  if (seed + seeds - 1 > SEED_MAX)
    throw new Error(`--seeds must be at most ${SEED_MAX - seed + 1} from --seed ${seed} on, not ${seeds}`);
  const hours = readNumber("hours", values.hours, { least: 0.0001, most: 100_000, whole: false });
  const { schedule } = values;
  return {
    seed,
    seeds,
    noise: number("noise", 0, NOISE_MAX),
    nodes,
    hours,
    profileName,
    profile,
    changes,
    schedule: schedule === undefined ? null : readSchedule(schedule, nodes, hours * HOUR_MS),
    trace: values.trace,
    tracePackets: values["trace-packets"],
    shrink: values.shrink,
    help: values.help,
  };
}

/** Ties each value to its option, so that one that begins with a dash is judged like any other. */
function joinValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const name = word.startsWith("--") ? word.slice(2) : "";
    const takesValue = Object.hasOwn(optionTypes, name) && optionTypes[name]!.type === "string";
    joined.push(takesValue && i + 1 < args.length ? `${word}=${args[++i]}` : word);
  }
  return joined;
}

/** A file, or the schedule itself. */
function readSchedule(source: string, nodes: number, durationMs: number): Fault[] {
  if (source.trim() === "") throw new Error("--schedule must name a file or be a JSON array, not nothing");
  if (/^\s*[[{]/.test(source)) return parseSchedule(source, "--schedule", nodes, durationMs);
  let text: string;
  try {
    text = readFileSync(source, "utf8");
  } catch (error) {
    throw new Error(`--schedule: ${source} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return parseSchedule(text, `--schedule: ${source}`, nodes, durationMs);
}

export function usage(): string {
  const rows: (readonly [string, string])[] = [
    ["--seed S", "what is drawn at random follows from it (1)"],
    ["--seeds COUNT", "runs so many seeds, S the first of them (1)"],
    ["--noise COUNT", "another course of chance, with the faults and operations of the seed (0)"],
    ["--nodes N", `1 to ${NODES_MAX} (5)`],
    ["--hours H", "virtual time (0.005)"],
    ["--profile P", `${Object.keys(PROFILES).join(", ")} (chaos); the options below change it`],
    ["--schedule FILE", "the faults of this JSON file, or of a JSON array given here, and no others"],
    ["--trace", "a line for every event"],
    ["--trace-packets", "and for every packet that arrives"],
    ["--no-shrink", "does not look for a shorter schedule when a seed fails"],
    ...PROFILE_OPTIONS.map(({ name, unit, text: words }) => [`--${name} ${unit}`, words] as const),
  ];
  return [
    "usage: simulate [OPTION]...",
    ...rows.map(([option, words]) => `  ${option.padEnd(22)}  ${words}`),
    "P and PART are from 0 to 1, RATE is per virtual second of the whole cluster.",
  ].join("\n");
}

/** What of a run may differ from the command that found it. */
export interface Course {
  readonly hours: number;
  readonly noise: number;
  readonly schedule: string | null;
}

/** The command that repeats a run, bit for bit. */
export function replayCommand(
  { nodes, profileName, changes }: Command,
  seed: number,
  { hours, noise, schedule }: Course,
): string {
  const parts = [
    `--seed ${seed}${noise === 0 ? "" : ` --noise ${noise}`} --nodes ${nodes} --hours ${hours} --profile ${profileName}`,
    ...changes,
    ...(schedule === null ? [] : [`--schedule '${schedule}'`]),
    "--trace",
  ];
  return `npm run simulate -- ${parts.join(" ")}`;
}
