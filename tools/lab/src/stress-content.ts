/**
 * Lengths, bytes and hashes of the messages of cpg-stress, all derived from a seed: the same as
 * c/stress-content.h computes.
 */

export const STRESS_MAX_LENGTH_BYTES = 900_000;

function mix(value: number): number {
  let h = value | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

function between(random: number, low: number, high: number): number {
  return low + (random % (high - low + 1));
}

/**
 * Mostly small messages, some of many packets: a mean near 6.8 kB, so 20000 messages are about 140 MB.
 * Messages 0 and 1 of every sender are the two extremes.
 */
export function stressLengthBytes(
  seed: number,
  counter: number,
  maxLengthBytes: number,
  minLengthBytes = 1,
): number {
  return Math.max(minLengthBytes, Math.min(unboundedLength(seed, counter), maxLengthBytes));
}

function unboundedLength(seed: number, counter: number): number {
  const draw = mix(seed ^ Math.imul(counter, 0x9e3779b1));
  const random = mix(draw + 1);
  const permille = draw % 1000;
  if (counter === 0) return 1;
  if (counter === 1) return STRESS_MAX_LENGTH_BYTES;
  if (permille < 500) return between(random, 1, 64);
  if (permille < 750) return between(random, 65, 1400);
  if (permille < 900) return between(random, 1401, 8192);
  if (permille < 995) return between(random, 8193, 65_536);
  return between(random, 65_537, STRESS_MAX_LENGTH_BYTES);
}

/** The counter in the first four bytes (little-endian, cut to the length), then xorshift32 words. */
export function fillStressMessage(bytes: Uint8Array, seed: number, counter: number): void {
  let state = mix(seed + counter) | 1;
  let word = counter;
  for (let i = 0; i < bytes.length; i++) {
    if ((i & 3) === 0 && i > 0) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      word = state;
    }
    bytes[i] = word >>> (8 * (i & 3));
  }
}

/** The counter as far as the message is long enough to hold it. */
export function stressCounter(bytes: Uint8Array): number {
  let counter = 0;
  for (let i = 0; i < 4 && i < bytes.length; i++) counter |= bytes[i]! << (8 * i);
  return counter >>> 0;
}

/** FNV-1a, 32 bits, as eight hex digits. */
export function stressHash(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** The last three words of the line that a receiver prints for a message: counter, length, hash. */
export function expectedStressLine(
  seed: number,
  counter: number,
  maxLengthBytes: number,
  minLengthBytes = 1,
): string {
  const bytes = new Uint8Array(stressLengthBytes(seed, counter, maxLengthBytes, minLengthBytes));
  fillStressMessage(bytes, seed, counter);
  return `${stressCounter(bytes)} ${bytes.length} ${stressHash(bytes)}`;
}
