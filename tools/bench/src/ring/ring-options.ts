import { parseArgs } from "node:util";
import { UsageError } from "../bench-options.ts";
import type { Contender } from "./ring-cluster.ts";

export const CONTENDERS: Readonly<Record<string, Contender>> = {
  ours: { kind: "ts", realTime: false },
  "ours-rt": { kind: "ts", realTime: true },
  C: { kind: "c", realTime: true },
};

export interface RingOptions {
  readonly nodes: readonly number[];
  readonly rounds: number;
  readonly sizeBytes: number;
  readonly seconds: number;
  readonly tokenTimeoutMs: number;
  readonly fullLoadNodes: number;
  /** Keys of CONTENDERS; the last one is what the others are compared with. */
  readonly contenders: readonly string[];
  readonly markdown: boolean;
  readonly help: boolean;
}

export const RING_USAGE = `usage: npm run bench:ring -- [options]
  --nodes 3,8,16,32          sizes of the clusters
  --rounds 3                 rounds with each kind of daemon; medians are shown
  --size 1600                bytes of the messages that load the ring
  --seconds 1                of load that count
  --token 1000               token timeout in milliseconds, the same for all
  --full-load-nodes 8        largest cluster with clients on all nodes
  --contenders ours,C        ours-rt is ours started with SCHED_RR 99; the last one is compared with
  --markdown                 print tables for a document
`;

/** @throws UsageError */
export function parseRingOptions(args: readonly string[]): RingOptions {
  const values = parse(args);
  const contenders = values.contenders.split(",");
  for (const name of contenders) {
    if (CONTENDERS[name] === undefined) throw new UsageError(`--contenders: there is no "${name}"`);
  }
  return {
    nodes: values.nodes.split(",").map((text) => number("--nodes", text, 3, 200)),
    rounds: number("--rounds", values.rounds, 1, 1000),
    sizeBytes: number("--size", values.size, 1, 1_000_000),
    seconds: number("--seconds", values.seconds, 1, 600),
    tokenTimeoutMs: number("--token", values.token, 100, 60_000),
    fullLoadNodes: number("--full-load-nodes", values["full-load-nodes"], 0, 200),
    contenders,
    markdown: values.markdown,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        nodes: { type: "string", default: "3,8,16,32" },
        rounds: { type: "string", default: "3" },
        size: { type: "string", default: "1600" },
        seconds: { type: "string", default: "1" },
        token: { type: "string", default: "1000" },
        "full-load-nodes": { type: "string", default: "8" },
        contenders: { type: "string", default: "ours,C" },
        markdown: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`${name}: "${text}" is not a whole number from ${min} to ${max}`);
}
