import { ByteSpan, CodecError } from "@corosync/codec";
import { wire } from "../internals.ts";
import { packetFields } from "../packet-fields.ts";
import { MEMBERSHIP_STATES, recordedPackets } from "../ring-states.ts";
import { holds, type Target } from "../target.ts";

const packets = [
  wire.holdCancel.encodeHoldCancel(1, { representative: 1, sequence: 9 }),
  ...MEMBERSHIP_STATES.flatMap((state) => [
    ...recordedPackets(state, true),
    ...recordedPackets(state, false),
  ]),
];

const VALUES = [1, 2, 3, 29, 30, 31, 383, 384, 385, 0x100000];

/** A decoder, given packets that stand somewhere in a longer buffer, whose other bytes it must not see. */
function decoderTarget(name: string, type: number, file: string, decode: (packet: ByteSpan) => void): Target {
  return {
    name,
    covers: [`packages/totem/dist/wire/${file}.js`],
    seeds: packets.filter((packet) => type < 0 || packet[3] === type),
    values: VALUES,
    fields: packetFields,
    run: (input) => {
      const longer = new Uint8Array(input.length + 64).fill(0xee);
      longer.set(input, 32);
      decode(new ByteSpan(longer, 32, input.length));
    },
  };
}

/** What is refused names structure and field. */
function refusedWell(decode: () => void): void {
  try {
    decode();
  } catch (error) {
    holds(error instanceof CodecError && error.struct !== "" && error.field !== "", String(error));
  }
}

/** What was read and is written again must be read the same, and say the same where it stood. */
function roundTrip<T>(
  packet: ByteSpan,
  decode: (packet: ByteSpan) => T,
  encode: (value: T) => Uint8Array,
): void {
  const value = decode(packet);
  const again = decode(new ByteSpan(encode(value)));
  holds(JSON.stringify(again) === JSON.stringify(value), "written and read again it is another");
}

function faultNamed(fault: string | null, name: string): void {
  holds(fault === null || fault.startsWith(name), `complains with "${fault}"`);
}

export const wireTargets: readonly Target[] = [
  decoderTarget("wire-header", -1, "header", (packet) => {
    const type = wire.header.checkHeader(packet.view, packet.offset, packet.length);
    holds(type >= -5 && type <= 5, `header of type ${type}`);
    if (type < 0) holds(/message/.test(wire.headerFault.describeHeaderFault(type, packet)), "no words");
  }),
  decoderTarget("wire-orf-token", 0, "orf-token", ({ view, offset, length }) => {
    const fault = wire.orfToken.orfTokenFault(view, offset, length);
    faultNamed(fault, "orf_token");
    if (fault === null) holds(wire.orfToken.orfTokenLength(view, offset) <= length, "longer than its packet");
  }),
  decoderTarget("wire-mcast", 1, "mcast", ({ view, offset, length }) =>
    faultNamed(wire.mcast.mcastFault(view, offset, length), "mcast"),
  ),
  decoderTarget("wire-merge-detect", 2, "merge-detect", (packet) =>
    refusedWell(() =>
      roundTrip(packet, wire.mergeDetect.decodeMergeDetect, wire.mergeDetect.encodeMergeDetect),
    ),
  ),
  decoderTarget("wire-join", 3, "join", (packet) => {
    // No node has the id 0, so that there is no other way to write a join of it than as a leave.
    const ofNobody = packet.length >= 17 && packet.u32(5) !== 0 && packet.u32(13) === 0;
    const { decodeJoin, encodeJoin } = wire.join;
    refusedWell(() => (ofNobody ? decodeJoin(packet) : roundTrip(packet, decodeJoin, encodeJoin)));
  }),
  decoderTarget("wire-commit-token", 4, "commit-token", (packet) =>
    refusedWell(() => {
      const { decodeCommitToken, encodeCommitToken } = wire.commitToken;
      roundTrip(packet, decodeCommitToken, (token) => encodeCommitToken(token, 1));
    }),
  ),
  decoderTarget("wire-hold-cancel", 5, "hold-cancel", (packet) =>
    refusedWell(() => {
      const { decodeHoldCancel, encodeHoldCancel } = wire.holdCancel;
      roundTrip(packet, decodeHoldCancel, (ringId) => encodeHoldCancel(1, ringId));
    }),
  ),
];
