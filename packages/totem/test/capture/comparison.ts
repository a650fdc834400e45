import { PacketType, TYPE_AT } from "../../src/wire/header.ts";
import { Mcast } from "../../src/wire/mcast.ts";
import { readToken } from "../protocol/scripted-packets.ts";

/** What a capture does not show: tokens without news, or mcasts, which then count as received. */
export type LeftOut = "idle tokens" | "mcasts" | undefined;

/** Whether the capture would have shown a packet that our ring sent. */
export function shownBy(captured: readonly Uint8Array[], leftOut: LeftOut): (sent: Uint8Array) => boolean {
  if (leftOut === undefined) return () => true;
  if (leftOut === "mcasts") return (bytes) => bytes[TYPE_AT] !== PacketType.mcast;
  const tokens = captured.filter((bytes) => bytes[TYPE_AT] === PacketType.orfToken);
  const tokenSeqs = new Set(tokens.map((bytes) => readToken(bytes).tokenSeq));
  return (bytes) => {
    if (bytes[TYPE_AT] !== PacketType.orfToken) return bytes[TYPE_AT] !== PacketType.mergeDetect;
    // Each once: copies of a token are left out too.
    return tokenSeqs.delete(readToken(bytes).tokenSeq);
  };
}

const NAMES = ["orf_token", "mcast", "merge_detect", "join", "commit_token", "hold_cancel"];

/**
 * Without what the protocol does not determine: what C leaves uninitialised (spec totem 2.1), where
 * this_seqno starts, and how often a join without news is repeated, which captures leave out.
 */
export function comparable(packets: readonly Uint8Array[], node: number): string[] {
  let firstSeqno: number | undefined;
  const texts: string[] = [];
  for (const packet of packets) {
    const bytes = packet.slice();
    const view = new DataView(bytes.buffer);
    if (bytes[TYPE_AT] !== PacketType.mcast) bytes[4] = 0;
    bytes.fill(0, 9, 13);
    if (bytes[TYPE_AT] === PacketType.mcast && view.getUint32(Mcast.systemFromAt, true) === node) {
      const seqno = view.getInt32(Mcast.thisSeqnoAt, true);
      firstSeqno ??= seqno;
      view.setInt32(Mcast.thisSeqnoAt, seqno - firstSeqno, true);
    }
    const text = `${NAMES[bytes[TYPE_AT]!]} ${Buffer.from(bytes).toString("hex")}`;
    const isRepeatedJoin = bytes[TYPE_AT] === PacketType.join && text === texts.at(-1);
    if (!isRepeatedJoin) texts.push(text);
  }
  return texts;
}
