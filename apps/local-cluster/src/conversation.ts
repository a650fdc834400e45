import { createInterface } from "node:readline";
import { HELP, type LineCommand, parseLine } from "./line-command.ts";
import type { LocalCluster } from "./local-cluster.ts";

const PROMPT = "> ";

/** A person at a terminal: a prompt below, and above it what happens. */
export class Conversation {
  readonly #cluster: LocalCluster;
  readonly #lines = createInterface({ input: process.stdin, output: process.stdout, prompt: PROMPT });

  constructor(cluster: LocalCluster) {
    this.#cluster = cluster;
  }

  /** Shows a line above the prompt and what is being typed. */
  print(line: string): void {
    process.stdout.write(`\r\u001b[K${line}\n`);
    this.#lines.prompt(true);
  }

  /** Carries out what is typed. Resolves at `quit`, Ctrl-D, Ctrl-C or when the signal fires. */
  run(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => this.#lines.close();
      signal.addEventListener("abort", end);
      this.#lines.on("SIGINT", end);
      this.#lines.once("close", () => {
        signal.removeEventListener("abort", end);
        process.stdout.write("\r\u001b[K");
        resolve();
      });
      this.#lines.on("line", (line) => {
        const command = parseLine(line, this.#cluster.nodeCount);
        if (command.kind === "quit") {
          end();
          return;
        }
        this.#lines.prompt();
        this.#carryOut(command).catch((error: Error) => this.print(error.message));
      });
      if (signal.aborted) end();
      else this.#lines.prompt();
    });
  }

  async #carryOut(command: LineCommand): Promise<void> {
    const cluster = this.#cluster;
    switch (command.kind) {
      case "say":
        return cluster.say(command.node, command.text);
      case "kill":
        return cluster.kill(command.node);
      case "stop":
        return cluster.stop(command.node);
      case "restart":
        return cluster.restart(command.node);
      case "partition":
        return cluster.partition(command.sides);
      case "heal":
        return cluster.heal();
      case "members":
        return this.print(cluster.describe().join("\n"));
      case "help":
        return this.print(HELP);
      case "wrong":
        return this.print(command.text);
      case "nothing":
      case "quit":
        return;
    }
  }
}
