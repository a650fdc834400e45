/**
 * The header that starts every packet (spec totem 2.1), 13 bytes, packed:
 * magic u16, version i8, type i8, encapsulated i8, nodeid u32, target_nodeid u32.
 */
export const HEADER_BYTES = 13;
const MAGIC = 0xc070;
/** The magic as a sender of the other byte order writes it. */
const MAGIC_SWAPPED = 0x70c0;
const VERSION = 3;

export const TYPE_AT = 3;
const ENCAPSULATED_AT = 4;
export const NODE_ID_AT = 5;

export const PacketType = {
  orfToken: 0,
  mcast: 1,
  mergeDetect: 2,
  join: 3,
  commitToken: 4,
  holdCancel: 5,
} as const;

/** Why a header is refused; the values are negative so that they never collide with a packet type. */
export const HeaderFault = {
  tooShort: -1,
  badMagic: -2,
  otherByteOrder: -3,
  badVersion: -4,
  badType: -5,
} as const;

/** The packet type, or a negative `HeaderFault`. Checks in the order of spec totem 2.1. */
export function checkHeader(view: DataView, offset: number, length: number): number {
  if (length < HEADER_BYTES) return HeaderFault.tooShort;
  const magic = view.getUint16(offset, true);
  if (magic !== MAGIC) return magic === MAGIC_SWAPPED ? HeaderFault.otherByteOrder : HeaderFault.badMagic;
  if (view.getInt8(offset + 2) !== VERSION) return HeaderFault.badVersion;
  const type = view.getInt8(offset + TYPE_AT);
  return type >= PacketType.orfToken && type <= PacketType.holdCancel ? type : HeaderFault.badType;
}

/**
 * Writes a header. `target_nodeid` has no meaning on udp and udpu and is written as 0 (spec totem 2.1).
 * @param encapsulated 1 or 2 in mcasts, 0 in all other types
 */
export function writeHeader(
  view: DataView,
  offset: number,
  type: number,
  encapsulated: number,
  nodeId: number,
): void {
  view.setUint16(offset, MAGIC, true);
  view.setInt8(offset + 2, VERSION);
  view.setInt8(offset + TYPE_AT, type);
  view.setInt8(offset + ENCAPSULATED_AT, encapsulated);
  view.setUint32(offset + NODE_ID_AT, nodeId, true);
  view.setUint32(offset + 9, 0, true);
}
