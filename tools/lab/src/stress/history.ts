/** What a client saw while its daemon was in one configuration of the ring. */
export interface Epoch {
  /** As the daemon's log writes it, "1.2f"; undefined before the client was told. */
  readonly ring: string | undefined;
  /** Ids of the nodes in that configuration. */
  readonly nodes: readonly string[];
  /** Lines of messages and of changes of the group, in order. */
  readonly events: string[];
}

/** A message line in parts. */
export interface SeenMessage {
  /** "NODEID:PID" */
  readonly sender: string;
  readonly counter: number;
  /** Counter, length and hash as `expectedStressLine` gives them. */
  readonly content: string;
}

/** What one cpg-stress has printed, cut where the ring has changed; follows its output. */
export class StressHistory {
  readonly epochs: Epoch[] = [{ ring: undefined, nodes: [], events: [] }];
  /** Own messages that came back. */
  ownCount = 0;
  /** The group's members, sorted, as the last change has them: "1:77 2:78". */
  members = "";
  private readonly lines: readonly string[];
  private readonly ownPrefix: string;
  private next = 0;

  /** @param address the client's own, "NODEID:PID" */
  constructor(
    readonly title: string,
    readonly address: string,
    lines: readonly string[],
  ) {
    this.lines = lines;
    this.ownPrefix = `message ${address.replace(":", " ")} `;
  }

  /** Reads the lines that came since the last call. */
  read(): this {
    while (this.next < this.lines.length) this.readLine(this.lines[this.next++]!);
    return this;
  }

  private readLine(line: string): void {
    if (line.startsWith("message ")) {
      this.epochs.at(-1)!.events.push(line);
      if (line.startsWith(this.ownPrefix)) this.ownCount++;
    } else if (line.startsWith("confchg ")) {
      this.epochs.at(-1)!.events.push(line);
      const members = /^confchg members(.*) left/.exec(line)?.[1] ?? "";
      this.members = members.trim().split(" ").sort().join(" ");
    } else if (line.startsWith("configuration ")) {
      const [, ring, ...nodes] = line.split(" ");
      // A client that joins while services synchronize may be told twice.
      if (this.epochs.at(-1)!.ring !== ring) this.epochs.push({ ring, nodes, events: [] });
    }
  }
}

/** @returns undefined for a line that is no message */
export function seenMessage(line: string): SeenMessage | undefined {
  if (!line.startsWith("message ")) return undefined;
  const [, nodeId, pid, counter, length, hash] = line.split(" ");
  return {
    sender: `${nodeId}:${pid}`,
    counter: Number(counter),
    content: `${counter} ${length} ${hash}`,
  };
}
