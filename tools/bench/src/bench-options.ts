import { parseArgs } from "node:util";
import type { DaemonKind } from "@corosync/lab";

export interface BenchOptions {
  readonly sizesBytes: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly kinds: readonly DaemonKind[];
  /** Give our daemons the real-time priority that C's take by default. */
  readonly realTime: boolean;
  /** Further keys of the totem section, for both kinds. */
  readonly totem: Readonly<Record<string, string>>;
  /** Compare our daemons with several values of one key of the totem section instead of with C's. */
  readonly vary: { readonly key: string; readonly values: readonly string[] } | undefined;
  /** Nodes with a client that sends. */
  readonly senders: number;
  /** Profile the sending node's daemon at every size instead of comparing. */
  readonly profile: boolean;
  /** Where profiles are kept; a temporary directory when not given. */
  readonly profileDirectory: string | undefined;
  readonly markdown: boolean;
  readonly help: boolean;
}

export const USAGE = `usage: npm run bench -- [options]
  --sizes 64,1600,8000,65536   message sizes in bytes
  --rounds 5                   rounds of every size with each kind of daemon; medians are shown
  --seconds 1                  length of one measurement
  --kinds ts,c                 ts is ours, c is Corosync 3.1.7
  --real-time                  run our daemons with SCHED_RR 99, which C takes by default
  --totem KEY=VALUE            a key of the totem section, for both kinds; may be repeated
  --vary KEY=VALUE,VALUE...    compare our daemons with values of a key of the totem section
  --senders 1                  nodes that send, 1 to 3
  --profile                    profile our sending daemon at every size and show where the time goes
  --profile-dir DIR            keep the .cpuprofile files there
  --markdown                   print tables for a document
`;

export class UsageError extends Error {}

/** @throws UsageError */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  return {
    sizesBytes: values.sizes.split(",").map((size) => positive("--sizes", size, 1_000_000, true)),
    rounds: positive("--rounds", values.rounds, 1000, true),
    seconds: positive("--seconds", values.seconds, 3600, false),
    kinds: values.kinds.split(",").map(daemonKind),
    realTime: values["real-time"],
    totem: Object.fromEntries(values.totem.map(setting)),
    vary: values.vary === undefined ? undefined : variation(values.vary),
    senders: positive("--senders", values.senders, 3, true),
    profile: values.profile,
    profileDirectory: values["profile-dir"],
    markdown: values.markdown,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        sizes: { type: "string", default: "64,1600,8000,65536" },
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "1" },
        kinds: { type: "string", default: "ts,c" },
        "real-time": { type: "boolean", default: false },
        totem: { type: "string", multiple: true, default: [] },
        vary: { type: "string" },
        senders: { type: "string", default: "1" },
        profile: { type: "boolean", default: false },
        "profile-dir": { type: "string" },
        markdown: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positive(name: string, text: string, max: number, whole: boolean): number {
  const value = Number(text);
  if (!(value > 0 && value <= max) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`${name}: "${text}" is not a ${whole ? "whole " : ""}number above 0 up to ${max}`);
  }
  return value;
}

function daemonKind(text: string): DaemonKind {
  if (text !== "ts" && text !== "c") throw new UsageError(`--kinds: "${text}" is neither ts nor c`);
  return text;
}

function setting(text: string): [string, string] {
  const [key, value] = text.split("=", 2);
  if (!key || !value) throw new UsageError(`--totem: "${text}" is not KEY=VALUE`);
  return [key, value];
}

function variation(text: string): { key: string; values: string[] } {
  const [key, list] = text.split("=", 2);
  const values = (list ?? "").split(",");
  if (!key || values.some((value) => value === "")) {
    throw new UsageError(`--vary: "${text}" is not KEY=VALUE,VALUE...`);
  }
  return { key, values };
}
