import type { RingId } from "../../src/index.ts";
import { type CommitEntry, encodeCommitToken } from "../../src/wire/commit-token.ts";
import { encodeJoin } from "../../src/wire/join.ts";
import { Mcast, writeMcastHeader } from "../../src/wire/mcast.ts";
import { OrfToken, RTR_ENTRY_BYTES, writeInitialOrfToken } from "../../src/wire/orf-token.ts";
import { RING_ID_BYTES, writeRingId } from "../../src/wire/ring-id-field.ts";

/** Packets as peers send them, for tests that play the peers of one ring. */

export interface TokenFields {
  readonly seq?: number;
  readonly tokenSeq: number;
  readonly aru?: number;
  readonly aruAddr?: number;
  readonly ringId: RingId;
  readonly backlog?: number;
  readonly fcc?: number;
  readonly retransFlg?: number;
  /** Sequences asked for, of the token's ring unless an entry says otherwise. */
  readonly requests?: readonly (number | { readonly ringId: RingId; readonly seq: number })[];
}

export function orfToken(fields: TokenFields): Uint8Array {
  const { ringId, requests = [] } = fields;
  const bytes = new Uint8Array(OrfToken.rtrListAt + requests.length * RTR_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  writeInitialOrfToken(view, 0, 99, ringId, false);
  view.setUint32(OrfToken.seqAt, fields.seq ?? 0, true);
  view.setUint32(OrfToken.tokenSeqAt, fields.tokenSeq, true);
  view.setUint32(OrfToken.aruAt, fields.aru ?? fields.seq ?? 0, true);
  view.setUint32(OrfToken.aruAddrAt, fields.aruAddr ?? 0, true);
  view.setUint32(OrfToken.backlogAt, fields.backlog ?? 0, true);
  view.setUint32(OrfToken.fccAt, fields.fcc ?? 0, true);
  view.setInt32(OrfToken.retransFlgAt, fields.retransFlg ?? 0, true);
  view.setInt32(OrfToken.rtrEntriesAt, requests.length, true);
  requests.forEach((request, i) => {
    const at = OrfToken.rtrListAt + i * RTR_ENTRY_BYTES;
    const entry = typeof request === "number" ? { ringId, seq: request } : request;
    writeRingId(view, at, entry.ringId);
    view.setUint32(at + RING_ID_BYTES, entry.seq, true);
  });
  return bytes;
}

export function readToken(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number): number => view.getUint32(at, true);
  const requests: number[] = [];
  for (let i = 0; i < view.getInt32(OrfToken.rtrEntriesAt, true); i++) {
    requests.push(u32(OrfToken.rtrListAt + i * RTR_ENTRY_BYTES + RING_ID_BYTES));
  }
  return {
    sender: u32(5),
    seq: u32(OrfToken.seqAt),
    tokenSeq: u32(OrfToken.tokenSeqAt),
    aru: u32(OrfToken.aruAt),
    aruAddr: u32(OrfToken.aruAddrAt),
    backlog: u32(OrfToken.backlogAt),
    fcc: u32(OrfToken.fccAt),
    retransFlg: view.getInt32(OrfToken.retransFlgAt, true),
    requests,
  };
}

/** A mcast with a payload of text, or a recovered packet around another mcast. */
export function mcast(from: number, ringId: RingId, seq: number, payload: string | Uint8Array): Uint8Array {
  const recovered = typeof payload !== "string";
  const inner = recovered ? payload : Buffer.from(payload, "latin1");
  const bytes = new Uint8Array(Mcast.payloadAt + inner.length);
  writeMcastHeader(new DataView(bytes.buffer), 0, recovered ? 1 : 2, from, seq, 0, ringId);
  bytes.set(inner, Mcast.payloadAt);
  return bytes;
}

export function mcastSeq(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(Mcast.seqAt, true);
}

export function join(
  from: number,
  processors: readonly number[],
  failed: readonly number[],
  ringSequence: number,
  leave = false,
): Uint8Array {
  return encodeJoin({ systemFrom: from, leave, processors, failed, ringSequence });
}

export function commitToken(
  ringId: RingId,
  members: readonly number[],
  memberIndex: number,
  tokenSeq: number,
  entry: (nodeId: number) => Partial<CommitEntry> = () => ({}),
): Uint8Array {
  const entries = members.map((nodeId, i): CommitEntry => {
    const empty = { ringId: { representative: 0, sequence: 0 }, aru: 0, highDelivered: 0, received: false };
    if (i >= memberIndex) return empty;
    const own = { representative: nodeId, sequence: ringId.sequence - 4 };
    return { ...empty, ringId: own, received: true, ...entry(nodeId) };
  });
  return encodeCommitToken({ tokenSeq, ringId, memberIndex, members, entries }, members[0]!);
}
