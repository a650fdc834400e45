/** A hash of a range of bytes: FNV-1a over 32-bit words, and over the bytes that are left. */
export function hashView(view: DataView, offset: number, length: number): number {
  let hash = 0x811c9dc5;
  const end = offset + length;
  let at = offset;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getUint32(at, true), 0x01000193);
    // A multiplication carries only upwards: bring the high bits down.
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  return hash >>> 0;
}
