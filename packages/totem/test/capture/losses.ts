import { ringName } from "./captured-sends.ts";
import type { Capture, CapturedPacket } from "./captures.ts";

/**
 * The packets of a capture that were lost on their way into a node. A capture is taken where packets
 * leave, so that the loss shows only in what the node sent next: a mcast is lost if the node asks for
 * it before another copy has come, a token if the node passes none that follows from it.
 */
export function lossesOf(capture: Capture, node: number): Set<CapturedPacket> {
  const address = capture.nodes[String(node)]!;
  const lost = new Set<CapturedPacket>();
  capture.packets.forEach((packet, index) => {
    if (packet.src === address) return;
    const later = capture.packets.slice(index + 1);
    if (packet.decoded.msg === "mcast" && isMcastLost(packet, later, address)) lost.add(packet);
    if (packet.decoded.msg === "orf_token" && isTokenLost(packet, later, address)) lost.add(packet);
  });
  return lost;
}

function isMcastLost(packet: CapturedPacket, later: readonly CapturedPacket[], address: string): boolean {
  const name = `${ringName(packet)}/${packet.decoded["seq"]}`;
  for (const next of later) {
    if (next.decoded.msg === "mcast" && `${ringName(next)}/${next.decoded["seq"]}` === name) return false;
    if (next.src === address && next.decoded.msg === "orf_token" && asksFor(next, name)) return true;
  }
  return false;
}

/** The node repeats an older token instead of passing this one. */
function isTokenLost(packet: CapturedPacket, later: readonly CapturedPacket[], address: string): boolean {
  const next = later.find(
    ({ src, decoded }) =>
      src === address && /token$/.test(decoded.msg) && decoded.msg !== "token_hold_cancel",
  );
  if (!next || !packet.dst.includes(address) || ringName(next) !== ringName(packet)) return false;
  return (next.decoded["token_seq"] as number) <= (packet.decoded["token_seq"] as number);
}

function asksFor(token: CapturedPacket, name: string): boolean {
  const list = token.decoded["rtr_list"] as readonly { readonly seq: number }[];
  return list.some(({ seq }) => `${ringName(token)}/${seq}` === name);
}
