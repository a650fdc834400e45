import { OpenFailure } from "./packet-envelope.ts";

/**
 * What to log about a packet that did not open, in the words of Corosync 2.x where it has any.
 * @param code what `PacketEnvelope.open` returned
 * @param packet the buffer given to `open`, with the same offset and length: its first two bytes tell
 *   which program probably sent it
 */
export function openFailureReason(code: number, packet: Uint8Array, offset: number, length: number): string {
  switch (code) {
    case OpenFailure.TooShort:
      return "Received message is too short...  ignoring";
    case OpenFailure.TooLong:
      return "Received message is too long...  ignoring";
    case OpenFailure.CipherType:
      return `Unsupported incoming packet (probably sent by ${probableSender(packet, offset, length)}). Rejecting`;
    case OpenFailure.HashType:
      return "Incoming packet has different hash type. Rejecting";
    case OpenFailure.InvalidDigest:
      return "Received message has invalid digest... ignoring.";
    case OpenFailure.ReservedBits:
      return "Incoming packet appears to have features not supported by this version of corosync. Rejecting";
    default:
      return "Invalid packet data";
  }
}

function probableSender(packet: Uint8Array, offset: number, length: number): string {
  const first = length > 0 ? (packet[offset] ?? -1) : -1;
  const second = length > 1 ? (packet[offset + 1] ?? -1) : -1;
  // The magic of a bare 3.x packet, in either byte order (spec totem 2.1).
  if ((first === 0xc0 && second === 0x70) || (first === 0x70 && second === 0xc0)) return "Corosync 3.x";
  if (first === 0xff) return "Corosync 2.2";
  if (first === 0x01) return "unencrypted Kronosnet";
  if (first >= 0 && first <= 5) return "unencrypted Corosync 2.0/2.1/1.x/OpenAIS";
  return "encrypted Kronosnet/Corosync 2.0/2.1/1.x/OpenAIS or unknown";
}
