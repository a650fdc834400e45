import { daemonEntryPath } from "@corosync/daemon";
import { joinChat } from "./chat.ts";
import { createClusterFolder } from "./cluster-folder.ts";
import type { LocalClusterArguments } from "./command-line.ts";
import { Conversation } from "./conversation.ts";
import { demonstrate, isBurst } from "./demonstration.ts";
import { type EventKind, eventLine } from "./event-line.ts";
import { numbersTo } from "./line-command.ts";
import { LocalCluster } from "./local-cluster.ts";
import { OrderCheck, type Verdict } from "./order-check.ts";

/** Runs a cluster until the person leaves or the time is over. @returns the exit code */
export async function runLocalCluster(words: LocalClusterArguments, signal: AbortSignal): Promise<number> {
  const folder = await createClusterFolder(words.nodes, words.keep);
  // Also when there is no time for anything else: a second signal ends the process.
  const remove = () => folder.remove();
  if (!words.keep) process.once("exit", remove);
  try {
    return await runIn(folder.path, folder.nodes, words, signal);
  } finally {
    process.off("exit", remove);
    if (!words.keep) folder.remove();
  }
}

async function runIn(
  path: string,
  places: Awaited<ReturnType<typeof createClusterFolder>>["nodes"],
  words: LocalClusterArguments,
  signal: AbortSignal,
): Promise<number> {
  const colours = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  let print: (line: string) => void = (line) => process.stdout.write(`${line}\n`);
  const event = (node: number | null, kind: EventKind, text: string) =>
    print(eventLine({ timeMs: Date.now(), node, kind, text }, colours));

  const check = new OrderCheck(numbersTo(words.nodes));
  const gathering = new Gathering(words.nodes);
  const cluster = new LocalCluster({
    places,
    daemonEntryPath,
    join: joinChat,
    event,
    delivered: (node, from, text) => {
      if (words.seconds !== null) check.delivered(node, text);
      if (!isBurst(text)) event(node, "message", `node ${from} says: ${text}`);
    },
    groupChanged: (node, nodes) => gathering.changed(node, nodes),
  });
  const killNow = () => cluster.killNow();
  process.once("exit", killNow);
  try {
    event(null, "start", `${words.nodes} nodes, encrypted; files in ${path}`);
    await cluster.start();
    if (words.seconds === null) {
      const conversation = new Conversation(cluster);
      print = (line) => conversation.print(line);
      conversation.print("Type a line to multicast it, or help.");
      await conversation.run(signal);
      print = (line) => process.stdout.write(`${line}\n`);
      return 0;
    }
    const durationMs = words.seconds * 1000;
    const verdict = await demonstrate({
      cluster,
      check,
      durationMs,
      gathered: gathering.done,
      signal,
      event,
    });
    event(null, "check", `${verdict.passed ? "PASSED" : "FAILED"}: ${verdict.text}`);
    return exitCode(verdict);
  } finally {
    await cluster.close();
    process.off("exit", killNow);
  }
}

function exitCode(verdict: Verdict): number {
  return verdict.passed ? 0 : 1;
}

/** Waits until every node sees every node in the group. */
class Gathering {
  readonly done: Promise<void>;
  readonly #complete = new Set<number>();
  readonly #nodeCount: number;
  #resolve: () => void = () => undefined;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  changed(node: number, nodes: readonly number[]): void {
    if (new Set(nodes).size === this.#nodeCount) this.#complete.add(node);
    else this.#complete.delete(node);
    if (this.#complete.size === this.#nodeCount) this.#resolve();
  }
}
