/**
 * The checkers' own reading of packets, by the offsets of spec totem section 2: they share no code with
 * the ring. All numbers are little-endian, as every node of a simulation writes them.
 */

export const PACKET = { token: 0, mcast: 1, commitToken: 4 } as const;
export const TYPE_AT = 3;
export const ENCAPSULATED_AT = 4;
export const NODE_ID_AT = 5;

export const MCAST = { systemFromAt: 13, seqAt: 17, ringAt: 25, payloadAt: 45 } as const;
export const ENCAPSULATED_RECOVERY = 1;

export const TOKEN = {
  seqAt: 13,
  tokenSeqAt: 17,
  aruAt: 21,
  aruAddrAt: 25,
  ringAt: 29,
  backlogAt: 41,
  fccAt: 45,
  entriesAt: 53,
  listAt: 57,
  entryBytes: 16,
} as const;

export const COMMIT = { ringAt: 17, countAt: 37, membersAt: 41 } as const;

/** `representative.sequence`, as rings are named in messages. */
export function ringNameAt(view: DataView, at: number): string {
  const sequence = view.getUint32(at + 8, true) * 0x1_0000_0000 + view.getUint32(at + 4, true);
  return `${view.getUint32(at, true)}.${sequence}`;
}

/** Whether the ring id there is that of `ring`; asked for every token, so without a name. */
export function namesRing(
  view: DataView,
  at: number,
  { representative, sequence }: { readonly representative: number; readonly sequence: number },
): boolean {
  return (
    view.getUint32(at, true) === representative &&
    view.getUint32(at + 4, true) === sequence >>> 0 &&
    view.getUint32(at + 8, true) === Math.floor(sequence / 0x1_0000_0000)
  );
}

/** Whether `a` comes before `b`, for sequences at most 2^31 apart. */
export function before(a: number, b: number): boolean {
  return a !== b && (b - a) >>> 0 < 0x8000_0000;
}
