/** What a person typed at the prompt. */
export type LineCommand =
  | { readonly kind: "say"; readonly node: number; readonly text: string }
  | { readonly kind: "kill" | "stop" | "restart"; readonly node: number }
  /** Nodes on different sides do not hear each other; every node is on exactly one side. */
  | { readonly kind: "partition"; readonly sides: readonly (readonly number[])[] }
  | { readonly kind: "heal" | "members" | "help" | "quit" | "nothing" }
  | { readonly kind: "wrong"; readonly text: string };

export const HELP = `Type a line and node 1 multicasts it; every node shows when it delivers it.
  2: text            node 2 says it
  kill 3             node 3 dies at once (SIGKILL); the others notice by the token timeout
  stop 3             node 3 leaves cleanly (SIGTERM); the others see it at once
  restart 3          node 3 starts again, after a clean stop if it runs
  partition 1 2 | 3  cut the network: nodes on different sides do not hear each other
  heal               join it again
  members            the members, the ring and the group as each node sees them
  help               these words
  quit               stop all nodes and leave (also Ctrl-D)`;

const PLAIN_WORDS = ["heal", "members", "help", "quit"] as const;
const NODE_WORDS = ["kill", "stop", "restart"] as const;

/** Reads one line; what is no command is something to say. `nodeCount` nodes are numbered from 1. */
export function parseLine(line: string, nodeCount: number): LineCommand {
  const text = line.trim();
  if (text === "") return { kind: "nothing" };

  const addressed = /^(\d+):\s*(.*)$/.exec(text);
  if (addressed !== null) {
    const node = nodeNumber(addressed[1]!, nodeCount);
    if (typeof node === "string") return { kind: "wrong", text: node };
    return addressed[2] === "" ? { kind: "nothing" } : { kind: "say", node, text: addressed[2]! };
  }

  const plain = PLAIN_WORDS.find((word) => word === text);
  if (plain !== undefined) return { kind: plain };

  const [word, ...rest] = text.split(/\s+/);
  const nodeWord = NODE_WORDS.find((name) => name === word);
  if (nodeWord !== undefined) return parseNodeWord(nodeWord, rest, nodeCount);
  if (word === "partition") return parsePartition(text.slice(word.length), nodeCount);
  return { kind: "say", node: 1, text };
}

function parseNodeWord(
  kind: (typeof NODE_WORDS)[number],
  rest: readonly string[],
  nodeCount: number,
): LineCommand {
  if (rest.length !== 1) return { kind: "wrong", text: `${kind} takes one node: ${kind} ${nodeCount}` };
  const node = nodeNumber(rest[0]!, nodeCount);
  return typeof node === "string" ? { kind: "wrong", text: node } : { kind, node };
}

function parsePartition(text: string, nodeCount: number): LineCommand {
  const sides: number[][] = [];
  const seen = new Set<number>();
  for (const part of text.split("|")) {
    const side: number[] = [];
    for (const word of part.split(/[\s,]+/).filter((word) => word !== "")) {
      const node = nodeNumber(word, nodeCount);
      if (typeof node === "string") return { kind: "wrong", text: node };
      if (seen.has(node)) return { kind: "wrong", text: `node ${node} is named twice` };
      seen.add(node);
      side.push(node);
    }
    if (side.length > 0) sides.push(side);
  }
  const others = numbersTo(nodeCount).filter((node) => !seen.has(node));
  if (others.length > 0) sides.push(others);
  if (sides.length < 2) return { kind: "wrong", text: "partition takes sides: partition 1 2 | 3" };
  return { kind: "partition", sides };
}

/** The number, or why it is none. */
function nodeNumber(word: string, nodeCount: number): number | string {
  const node = /^\d{1,3}$/.test(word) ? Number(word) : 0;
  if (node >= 1 && node <= nodeCount) return node;
  return `there is no node ${word}: nodes are 1 to ${nodeCount}`;
}

/** 1, 2, … count. */
export function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** For each node by number from 1, the nodes that it must not hear when the network is cut so. */
export function blockedBy(sides: readonly (readonly number[])[]): Map<number, number[]> {
  const all = sides.flat();
  return new Map(
    sides.flatMap((side) =>
      side.map((node): [number, number[]] => [node, all.filter((other) => !side.includes(other))]),
    ),
  );
}
