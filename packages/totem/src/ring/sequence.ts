/**
 * Comparison of 32-bit sequence numbers as Corosync does it (spec totem 3.1): not serial-number
 * arithmetic, but right for a window of 0x10000 around zero, which every member must judge alike.
 */
export function sequenceLessThan(a: number, b: number): boolean {
  if (a > 0x80000000 || b > 0x80000000) return (a - 0x10000) >>> 0 < (b - 0x10000) >>> 0;
  return a < b;
}

export function sequenceAtMost(a: number, b: number): boolean {
  if (a > 0x80000000 || b > 0x80000000) return (a - 0x10000) >>> 0 <= (b - 0x10000) >>> 0;
  return a <= b;
}
