import { Command, InvalidArgumentError } from "commander";

export interface LocalClusterArguments {
  readonly nodes: number;
  /** How long the nodes talk by themselves; null when a person is to talk. */
  readonly seconds: number | null;
  /** Leave the folder with configurations and logs behind. */
  readonly keep: boolean;
}

const MAX_NODES = 8;
const MAX_SECONDS = 86_400;
/** Without a terminal and without `--seconds`. */
const DEFAULT_SECONDS = 10;

/**
 * Reads the arguments after the program's path. Prints and ends the process for `--help` and for what
 * is wrong, as commander does.
 *
 * @param terminal whether a person can type and read
 */
export function parseArguments(words: readonly string[], terminal: boolean): LocalClusterArguments {
  const command = new Command("local-cluster")
    .description("A real Corosync cluster on this machine: one daemon process a node, on 127.0.0.1, .2, .3 …")
    .option("--nodes <count>", `how many nodes, 1 to ${MAX_NODES}`, wholeNumber(MAX_NODES), 3)
    .option(
      "--seconds <count>",
      "let the nodes talk by themselves that long, then check",
      wholeNumber(MAX_SECONDS),
    )
    .option("--keep", "keep the folder with configurations and logs")
    .allowExcessArguments(false)
    .parse(words, { from: "user" });
  const options = command.opts<{ nodes: number; seconds?: number; keep?: boolean }>();
  return {
    nodes: options.nodes,
    seconds: options.seconds ?? (terminal ? null : DEFAULT_SECONDS),
    keep: options.keep ?? false,
  };
}

function wholeNumber(limit: number) {
  return (word: string): number => {
    const value = /^\d{1,6}$/.test(word) ? Number(word) : 0;
    if (value < 1 || value > limit) throw new InvalidArgumentError(`It must be 1 to ${limit}.`);
    return value;
  };
}
