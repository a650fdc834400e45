import { seenMessage } from "./history.ts";
import { brokenSynchrony } from "./synchrony.ts";
import type { Witness } from "./witness.ts";

/**
 * What all clients of a run must agree on. @returns what they do not, one text a finding; of each pair of
 * clients the first one only
 * @param synchronyWithC whether clients of C daemons too must have seen the same as those that went the
 *   same way; otherwise the same order only. C breaks the former by itself now and then (docs/compatibility.md)
 */
export function disagreements(witnesses: readonly Witness[], synchronyWithC = true): string[] {
  const found = witnesses.flatMap((witness) => brokenContent(witness, witnesses));
  witnesses.forEach((one, index) => {
    for (const other of witnesses.slice(index + 1)) {
      const synchronous = synchronyWithC || (one.kind === "ts" && other.kind === "ts");
      const finding = differentOrder(one, other) ?? (synchronous ? brokenSynchrony(one, other) : undefined);
      if (finding !== undefined) found.push(finding);
    }
  });
  return found;
}

/**
 * From each sender a client must see what was sent, nothing twice, and nothing left out while the ring
 * stays the same; of its own messages nothing left out ever.
 */
function brokenContent({ history }: Witness, witnesses: readonly Witness[]): string[] {
  const found: string[] = [];
  const senders = new Map(witnesses.map((witness) => [witness.history.address, witness]));
  const last = new Map<string, number>();
  for (const { ring, events } of history.epochs) {
    const seenHere = new Set<string>();
    for (const line of events) {
      const message = seenMessage(line);
      if (message === undefined) continue;
      const { sender, counter, content } = message;
      const where = `${history.title} on ring ${ring}: message ${counter} of ${sender}`;
      const before = last.get(sender) ?? -1;
      const gapless = sender === history.address || seenHere.has(sender);
      if (gapless ? counter !== before + 1 : counter <= before) found.push(`${where} follows ${before}`);
      const expected = senders.get(sender)?.expectedContent(counter);
      // A client that was killed before it could say that it had joined is not known; nor does it send.
      if (content !== expected) found.push(`${where} is "${content}" instead of "${expected}"`);
      last.set(sender, counter);
      seenHere.add(sender);
    }
  }
  return found.slice(0, 3);
}

/** Messages that both have seen must have come in the same order. */
function differentOrder(one: Witness, other: Witness): string | undefined {
  const place = new Map<string, number>();
  for (const line of messageLines(one)) place.set(line, place.size);
  let before = -1;
  let lineBefore = "";
  for (const line of messageLines(other)) {
    const here = place.get(line);
    if (here === undefined) continue;
    if (here < before) {
      return `${other.history.title} has "${lineBefore}" before "${line}", ${one.history.title} after it`;
    }
    before = here;
    lineBefore = line;
  }
  return undefined;
}

function* messageLines({ history }: Witness): Generator<string> {
  for (const { events } of history.epochs) {
    for (const line of events) if (line.startsWith("message ")) yield line;
  }
}
