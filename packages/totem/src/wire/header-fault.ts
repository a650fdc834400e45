import type { ByteSpan } from "@corosync/codec";
import { HeaderFault, TYPE_AT } from "./header.ts";

/** In the words of C for what C checks too (spec totem 2.1). */
export function describeHeaderFault(fault: number, packet: ByteSpan): string {
  switch (fault) {
    case HeaderFault.tooShort:
      return `message is too short (${packet.length} bytes)`;
    case HeaderFault.otherByteOrder:
      return "message in the other byte order: mixed-endian clusters are not supported";
    case HeaderFault.badVersion:
      return `message has unsupported version ${packet.view.getInt8(packet.offset + 2)}`;
    case HeaderFault.badType:
      return `message has wrong type ${packet.view.getInt8(packet.offset + TYPE_AT)}`;
    default:
      return `message has bad magic number (probably sent by ${guessSender(packet)})`;
  }
}

/** What sends such first bytes (spec totem 2.1). */
function guessSender(packet: ByteSpan): string {
  const first = packet.view.getUint8(packet.offset);
  const second = packet.view.getUint8(packet.offset + 1);
  if (first === 0xff && second === 0xff) return "Corosync 2.2";
  if (first === 0xfe && second === 0xfe) return "Corosync 2.3+";
  if (first === 1) return "unencrypted Kronosnet";
  if (first <= 5) return "unencrypted Corosync 2.0/2.1/1.x/OpenAIS";
  return "Corosync with another encryption setting, or an unknown program";
}
