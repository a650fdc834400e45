/** Tries so many inputs to find a shorter one. */
const ATTEMPTS = 2000;

/**
 * Makes an input shorter and its bytes smaller as long as `isSame` says that it still does the same.
 * Leaves it as it is when nothing shorter does.
 */
export function shrink(input: Uint8Array, isSame: (input: Uint8Array) => boolean): Uint8Array {
  let best = input;
  let attempts = 0;
  const accept = (candidate: Uint8Array): boolean => {
    if (attempts >= ATTEMPTS) return false;
    attempts++;
    if (!isSame(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length; ) if (!accept(without(best, at, size))) at += size;
  }
  for (let at = 0; at < best.length; at++) {
    if (best[at] === 0) continue;
    const zeroed = best.slice();
    zeroed[at] = 0;
    accept(zeroed);
  }
  return best;
}

function without(bytes: Uint8Array, at: number, count: number): Uint8Array {
  const rest = new Uint8Array(Math.max(at, bytes.length - count));
  rest.set(bytes.subarray(0, at));
  if (at + count < bytes.length) rest.set(bytes.subarray(at + count), at);
  return at + count < bytes.length ? rest : rest.slice(0, at);
}
