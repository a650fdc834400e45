/** What the beginning of a word counts: more than one edit, less than two. */
const BEGINNING = 1.4;
/** Shorter words are the beginning of too many. */
const ABBREVIATION_CHARACTERS = 4;

/**
 * The candidate that differs least from a word: letters left out, added, changed, or swapped with the
 * next; letter case counts for less. A word may also be the beginning of one.
 * @returns null when none is near
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | null = null;
  let least = limit + 0.5;
  for (const candidate of candidates) {
    if (isBeginning(word, candidate) && BEGINNING < least) {
      least = BEGINNING;
      best = candidate;
    }
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const sameCase = editDistance(word, candidate);
    const otherCase = editDistance(word.toLowerCase(), candidate.toLowerCase()) + 0.25;
    const value = Math.min(sameCase, otherCase);
    if (value < least && candidate !== word) {
      least = value;
      best = candidate;
    }
  }
  return best;
}

/** Whether a word abbreviates another, with at most one slip. */
function isBeginning(word: string, whole: string): boolean {
  if (word.length < ABBREVIATION_CHARACTERS || whole.length <= word.length) return false;
  return editDistance(word.toLowerCase(), whole.slice(0, word.length).toLowerCase()) <= 1;
}

/** Edits from one word to another (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let value = Math.min(row[j]! + 1, next[j - 1]! + 1, changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, before[j - 2]! + 1);
      }
      next.push(value);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
