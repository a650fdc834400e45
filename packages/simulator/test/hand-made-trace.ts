import { ByteSpan } from "@corosync/codec";
import type { RingId } from "@corosync/totem";
import { expect } from "vitest";
import { hashView } from "../src/byte-hash.ts";
import { ClusterRingChecks, type RingChecks } from "../src/ring-checks.ts";
import { TRAILER_BYTES, writeTrailer } from "../src/ring-message.ts";
import { Violation } from "../src/violation.ts";

const CONTENT_BYTES = 4;

export const ring = (sequence: number, representative = 1): RingId => ({ representative, sequence });

/** The property that `work` breaks; null when it breaks none. */
export function broken(work: () => void): string | null {
  try {
    work();
  } catch (error) {
    if (error instanceof Violation) return error.property;
    throw error;
  }
  return null;
}

export function rejects(property: string, work: () => void): void {
  expect(broken(work)).toBe(property);
}

/** A trace of a few nodes, written by hand, event by event. */
export class HandMadeTrace {
  readonly cluster = new ClusterRingChecks({ maxMessagesPackets: 17, windowSizePackets: 50 }, 3);
  readonly #numbers = new Map<RingChecks, number>();
  readonly #seqs = new Map<string, number>();

  begin(nodeId: number, storedSequence = 0): RingChecks {
    return this.cluster.begin(nodeId, storedSequence);
  }

  /** Lives that start, and are in the same ring next. */
  start(nodeIds: readonly number[], ringId: RingId): RingChecks[] {
    const lives = nodeIds.map((id) => this.begin(id));
    this.step(lives, ringId, nodeIds, []);
    return lives;
  }

  /** These lives go to a ring together; `others` of its members come from elsewhere. */
  step(
    lives: readonly RingChecks[],
    ringId: RingId,
    members: readonly number[],
    together: readonly number[] = lives.map(({ life }) => life.nodeId),
  ): void {
    for (const checks of lives) checks.committed(ringId);
    for (const checks of lives) this.install(checks, ringId, members, together);
  }

  /** Transitional and regular configuration, and the end of the synchronization. */
  install(
    checks: RingChecks,
    ringId: RingId,
    members: readonly number[],
    together: readonly number[],
    transitionalWork: () => void = () => undefined,
  ): void {
    const { members: before } = checks.configurations;
    const left = before.filter((id) => !together.includes(id));
    checks.changed({ kind: "transitional", members: together, left, joined: [], ringId });
    transitionalWork();
    const joined = members.filter((id) => !together.includes(id));
    checks.changed({ kind: "regular", members, left: [], joined, ringId });
    checks.life.synchronizing = false;
  }

  /** A message is multicast; its bytes, with the trailer. */
  multicast(checks: RingChecks): Uint8Array {
    const number = this.#numbers.get(checks) ?? 0;
    this.#numbers.set(checks, number + 1);
    const bytes = new Uint8Array(CONTENT_BYTES + TRAILER_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, number + 1000, true);
    const hash = hashView(view, 0, CONTENT_BYTES);
    const { nodeId, number: life } = checks.life;
    writeTrailer(view, CONTENT_BYTES, { nodeId, life, number, hash });
    checks.sent(number, hash, null);
    return bytes;
  }

  /** A packet with these messages, or pieces, leaves in the sender's ring. */
  packet(
    checks: RingChecks,
    pieces: readonly Uint8Array[],
    fragmented = 0,
    continuation = 0,
    seq = -1,
  ): ByteSpan {
    const { life } = checks;
    const name = life.committing!.name;
    const next = seq >= 0 ? seq : (this.#seqs.get(name) ?? 0) + 1;
    this.#seqs.set(name, next);
    const dataBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    const packet = mcast(life.nodeId, life.committing!.ringName, next, 8 + 2 * pieces.length + dataBytes);
    const { view, bytes } = packet;
    view.setUint8(49, fragmented);
    view.setUint8(50, continuation);
    view.setUint16(51, pieces.length, true);
    let at = 53 + 2 * pieces.length;
    pieces.forEach((piece, i) => {
      view.setUint16(53 + 2 * i, piece.length, true);
      bytes.set(piece, at);
      at += piece.length;
    });
    checks.mcastSent(packet);
    return packet;
  }

  /** Multicasts a message that leaves at once in a packet of its own. */
  send(checks: RingChecks): Uint8Array {
    const message = this.multicast(checks);
    this.packet(checks, [message]);
    return message;
  }

  deliver(checks: RingChecks, message: Uint8Array): void {
    const view = new DataView(message.buffer);
    const [nodeId, life, number, hash] = [0, 4, 8, 12].map((at) => view.getUint32(CONTENT_BYTES + at, true));
    const trailer = { nodeId: nodeId!, life: life!, number: number!, hash: hash! };
    checks.delivered(nodeId!, trailer, hashView(view, 0, CONTENT_BYTES));
  }
}

export function mcast(nodeId: number, ringName: string, seq: number, payloadBytes: number): ByteSpan {
  const packet = new ByteSpan(new Uint8Array(45 + payloadBytes));
  const { view } = packet;
  const [representative, sequence] = ringName.split(".").map(Number);
  view.setUint8(3, 1);
  view.setUint8(4, 2);
  view.setUint32(5, nodeId, true);
  view.setUint32(13, nodeId, true);
  view.setUint32(17, seq, true);
  view.setUint32(25, representative!, true);
  view.setUint32(29, sequence!, true);
  return packet;
}

export interface TokenFields {
  readonly tokenSeq: number;
  readonly seq?: number;
  readonly aru?: number;
  readonly aruAddr?: number;
  readonly fcc?: number;
  readonly backlog?: number;
}

export function token(ringName: string, fields: TokenFields): ByteSpan {
  const packet = new ByteSpan(new Uint8Array(57));
  const { view } = packet;
  const [representative, sequence] = ringName.split(".").map(Number);
  view.setUint32(13, fields.seq ?? 0, true);
  view.setUint32(17, fields.tokenSeq, true);
  view.setUint32(21, fields.aru ?? 0, true);
  view.setUint32(25, fields.aruAddr ?? 0, true);
  view.setUint32(29, representative!, true);
  view.setUint32(33, sequence!, true);
  view.setUint32(41, fields.backlog ?? 0, true);
  view.setUint32(45, fields.fcc ?? 0, true);
  return packet;
}
