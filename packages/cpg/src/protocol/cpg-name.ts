import { CodecError, type Field } from "@corosync/codec";

/** A group name has 0 to 128 bytes, of any value. */
export const CPG_NAME_MAX_BYTES = 128;

/**
 * `cpg_name`, 136 bytes: u32 length, pad, 128 bytes. What follows the name's own bytes is whatever the
 * sender's memory held, so it is neither read nor compared.
 */
export const cpgName: Field<Uint8Array> = {
  size: 136,
  read(view, at) {
    const length = view.getUint32(at, true);
    if (length > CPG_NAME_MAX_BYTES) throw new CodecError("cpg_name", "length", `${length} exceeds 128`);
    return new Uint8Array(view.buffer, view.byteOffset + at + 8, length).slice();
  },
  write(view, at, name) {
    if (name.length > CPG_NAME_MAX_BYTES)
      throw new CodecError("cpg_name", "length", `${name.length} exceeds 128`);
    const target = new Uint8Array(view.buffer, view.byteOffset + at, 136);
    target.fill(0);
    view.setUint32(at, name.length, true);
    target.set(name, 8);
  },
};

/** A group name as text for logs and people: UTF-8 where it is, replacement characters where not. */
export function groupText(name: Uint8Array): string {
  return new TextDecoder().decode(name);
}

/** Orders names as `memcmp` does, a prefix before what it starts. */
export function compareNames(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}

/** Whether two group names are equal. */
export function sameName(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareNames(a, b) === 0;
}
