import { type Epoch, seenMessage } from "./history.ts";
import type { Witness } from "./witness.ts";

/**
 * Virtual synchrony: who goes the same way from ring to ring must see the same in between.
 * @returns the first difference of two clients, or undefined
 */
export function brokenSynchrony(one: Witness, other: Witness): string | undefined {
  for (const [index, epoch] of one.history.epochs.entries()) {
    const next = one.history.epochs[index + 1];
    const otherIndex = other.history.epochs.findIndex(({ ring }) => ring === epoch.ring);
    const otherEpoch = other.history.epochs[otherIndex];
    const otherNext = other.history.epochs[otherIndex + 1];
    if (epoch.ring === undefined || otherEpoch === undefined || next?.ring !== otherNext?.ring) continue;
    // Those that were killed may have seen less of what went on.
    if (next === undefined && !(one.survived && other.survived)) continue;
    const way = ringsBetween(one, epoch, next);
    if (way.join() !== ringsBetween(other, otherEpoch, otherNext).join()) continue;
    // What a synchronization that was given up leaves behind in C is told later, or never (docs/compatibility.md).
    const changes = [one, other].every((each) => each.kind === "ts" || !gaveUp(each, way.at(-1)!));
    const comparison = {
      together: ringsTogether(one, other, epoch.ring),
      changes,
      departed: departedSenders(epoch, next, otherEpoch, otherNext),
    };
    const finding = differentEvents(
      new SharedEvents(one, other, epoch, comparison),
      new SharedEvents(other, one, otherEpoch, comparison),
    );
    if (finding !== undefined) return `on the way ${way.join(" ")}: ${finding}`;
  }
  return undefined;
}

/** Whether a daemon has formed a ring up to this one that its client was not told of. */
function gaveUp({ history, rings }: Witness, last: string): boolean {
  const told = new Set(history.epochs.map(({ ring }) => ring));
  const first = rings.indexOf(history.epochs[1]?.ring ?? "");
  return rings.slice(0, rings.lastIndexOf(last) + 1).some((ring, index) => index > first && !told.has(ring));
}

/** The rings from one that the client was told of to the next, those included that it was not. */
function ringsBetween({ rings }: Witness, from: Epoch, to: Epoch | undefined): string[] {
  const end = to === undefined ? rings.length : rings.lastIndexOf(to.ring ?? "") + 1;
  return rings.slice(rings.lastIndexOf(from.ring ?? ""), end);
}

/** The rings without a break that both daemons have been in up to `ring`, this one left out. */
function ringsTogether(one: Witness, other: Witness, ring: string): Set<string> {
  const together = new Set<string>();
  let i = one.rings.lastIndexOf(ring) - 1;
  let j = other.rings.lastIndexOf(ring) - 1;
  for (; i >= 0 && one.rings[i] === other.rings[j]; i--, j--) together.add(one.rings[i]!);
  return together;
}

/**
 * Tells the senders that have not come along to the next ring: of nodes that are not in it, and those
 * that the group was told of as lost with their nodes, which may have returned.
 */
function departedSenders(
  epoch: Epoch,
  next: Epoch | undefined,
  otherEpoch: Epoch,
  otherNext: Epoch | undefined,
): (sender: string) => boolean {
  if (next === undefined || otherNext === undefined) return () => false;
  const told = [epoch, next, otherEpoch, otherNext].flatMap(({ events }) => events.filter(isChange));
  const lost = new Set(
    told
      .flatMap((line) => [...(/ left(.*) joined/.exec(line)?.[1] ?? "").matchAll(/(\d+:\d+):3\b/g)])
      .map((m) => m[1]!),
  );
  return (sender) => lost.has(sender) || !next.nodes.includes(nodeOf(sender));
}

interface Comparison {
  /** Rings that both daemons have been in just before. */
  readonly together: ReadonlySet<string>;
  /** Whether a sender has not come along. */
  readonly departed: (sender: string) => boolean;
  /** Whether changes of the group must be the same too. */
  readonly changes: boolean;
}

/** The events of an epoch of one client from where another is in the group too. */
class SharedEvents {
  readonly title: string;
  readonly lines: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly isC: boolean;
  private readonly departed: (sender: string) => boolean;
  /** A message of a node that has not come along was lost here for good: those behind it are too. */
  private behindLoss = false;
  /** Nodes that the client's daemon knows to have processes in the group; C drops what others send. */
  private readonly knownNodes: ReadonlySet<string>;
  /** Senders that the client has heard since the two daemons came together. */
  private readonly heard = new Set<string>();

  constructor(
    { history, kind }: Witness,
    other: Witness,
    { ring, events }: Epoch,
    { together, changes, departed }: Comparison,
  ) {
    this.title = history.title;
    // The first ring that a client is told of is that of its join, and it may be told before or after.
    const late = [history, other.history].filter(({ epochs }) => epochs[1]?.ring === ring);
    const joins = late.map(({ address }) => joinOf(address, events));
    const shared = events.slice(Math.max(-1, ...joins) + 1);
    this.lines = changes ? shared : shared.filter((line) => seenMessage(line) !== undefined);
    this.known = new Set(this.lines);
    this.isC = kind === "c";
    this.departed = departed;
    this.knownNodes = nodesInGroup(history.epochs, ring);
    for (const epoch of history.epochs) {
      if (together.has(epoch.ring ?? "")) for (const line of epoch.events) this.hear(line);
    }
  }

  hear(line: string): void {
    const sender = seenMessage(line)?.sender;
    if (sender !== undefined) this.heard.add(sender);
  }

  /**
   * Whether another client need not have seen a message. Messages are cut to fit packets: who does not
   * hear the beginning of one ignores its sender up to the next packet that ends with a whole message.
   * C takes a token that comes twice for two, and frees what others still miss: when the sender is gone
   * too, nobody can send it again (docs/compatibility.md).
   */
  mayBeAlone(line: string | undefined, other: SharedEvents): boolean {
    if (line === undefined || other.known.has(line)) return false;
    const sender = seenMessage(line)?.sender;
    if (sender === undefined) return false;
    if (!other.heard.has(sender) || (other.isC && !other.knownNodes.has(nodeOf(sender)))) return true;
    if (!this.isC || !this.departed(sender)) return false;
    other.behindLoss = true;
    return true;
  }

  /** Whether a message may be here: none of a departed sender behind one that was lost. */
  mayHave(line: string | undefined): boolean {
    const sender = seenMessage(line ?? "")?.sender;
    return !this.behindLoss || sender === undefined || !this.departed(sender);
  }
}

/** Nodes of all members that the group has had during an epoch. */
function nodesInGroup(epochs: readonly Epoch[], ring: string | undefined): Set<string> {
  const index = epochs.findIndex((epoch) => epoch.ring === ring);
  const before = epochs.slice(0, index).flatMap(({ events }) => events);
  const changes = [before.findLast(isChange), ...epochs[index]!.events.filter(isChange)];
  const members = changes.flatMap((line) =>
    /^confchg members(.*) left/
      .exec(line ?? "")?.[1]
      ?.trim()
      .split(" "),
  );
  return new Set(members.map((member) => nodeOf(member ?? "")));
}

function isChange(line: string): boolean {
  return line.startsWith("confchg ");
}

function nodeOf(address: string): string {
  return address.split(":")[0]!;
}

function joinOf(address: string, events: readonly string[]): number {
  const joined = new RegExp(` joined.* ${address}:`);
  return events.findIndex((line) => joined.test(line));
}

function differentEvents(left: SharedEvents, right: SharedEvents): string | undefined {
  let [i, j] = [0, 0];
  while (i < left.lines.length || j < right.lines.length) {
    const [ofLeft, ofRight] = [left.lines[i], right.lines[j]];
    const same = ofLeft === ofRight && left.mayHave(ofLeft) && right.mayHave(ofRight);
    const takeLeft = same || (ofLeft !== ofRight && left.mayBeAlone(ofLeft, right));
    const takeRight = same || (ofLeft !== ofRight && right.mayBeAlone(ofRight, left));
    if (!takeLeft && !takeRight) return `${excerpt(left, i)}${excerpt(right, j)}`;
    if (takeLeft) left.hear(left.lines[i++]!);
    if (takeRight) right.hear(right.lines[j++]!);
  }
  return undefined;
}

function excerpt({ title, lines }: SharedEvents, index: number): string {
  const around = lines.slice(Math.max(0, index - 2), index + 3).join("\n    ");
  return `\n  ${title}, from event ${index} of ${lines.length}:\n    ${around}`;
}
