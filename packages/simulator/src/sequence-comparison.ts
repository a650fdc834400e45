/**
 * What is wrong with two nodes' deliveries of one configuration, or null. Nodes that came from different
 * rings may differ by the message of a sender that a configuration change cut in two: who did not hear
 * its head cannot deliver it (spec totem 14.5, and 19, deviation 8).
 *
 * @param senderOf the sender in the name of a delivery
 */
export function differenceOf(
  one: readonly string[],
  other: readonly string[],
  cameTogether: boolean,
  senderOf: (name: string) => string,
): string | null {
  const first = firstDifference(one, other);
  if (first === null) return null;
  if (cameTogether) return first;
  const a = withoutCut(one, other, senderOf);
  const b = withoutCut(other, one, senderOf);
  return a === null || b === null ? first : firstDifference(a, b);
}

function firstDifference(one: readonly string[], other: readonly string[]): string | null {
  const length = Math.max(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] !== other[i])
      return `delivery ${i} is ${one[i] ?? "missing"} here and ${other[i] ?? "missing"} there (${one.length} and ${other.length} deliveries)`;
  }
  return null;
}

/** `list` less the messages that `other` lacks; null when a sender has more than one in either queue. */
function withoutCut(
  list: readonly string[],
  other: readonly string[],
  senderOf: (name: string) => string,
): string[] | null {
  const there = new Map<string, number>();
  for (const name of other) there.set(name, (there.get(name) ?? 0) + 1);
  const missing = new Map<string, number>();
  const kept: string[] = [];
  for (const name of list) {
    const left = there.get(name) ?? 0;
    if (left > 0) {
      there.set(name, left - 1);
      kept.push(name);
      continue;
    }
    const sender = senderOf(name);
    const count = (missing.get(sender) ?? 0) + 1;
    if (count > 2) return null;
    missing.set(sender, count);
  }
  return kept;
}
