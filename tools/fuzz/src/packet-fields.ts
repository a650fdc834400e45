import type { InputField } from "./target.ts";

/** Where the numbers of a Totem packet stand (spec totem section 2), for mutations that mean something. */

const HEADER: readonly InputField[] = [
  { at: 2, bytes: 1 },
  { at: 3, bytes: 1 },
  { at: 4, bytes: 1 },
  { at: 5, bytes: 4 },
];

const BY_TYPE: readonly (readonly InputField[])[] = [
  // orf_token: seq, token_seq, aru, aru_addr, ring id, backlog, fcc, retrans_flg, rtr_list_entries, first entry
  fields([13, 4], [17, 4], [21, 4], [25, 4], [29, 4], [33, 8], [41, 4], [45, 4], [49, 4], [53, 4], [69, 4]),
  // mcast: system_from, seq, this_seqno, ring id, node_id, guarantee; totempg type, fragmented, continuation,
  // msg_count, two lengths. Inside a recovery mcast the inner header, system_from, seq and ring id.
  fields(
    [13, 4],
    [17, 4],
    [21, 4],
    [25, 4],
    [29, 8],
    [37, 4],
    [41, 4],
    [47, 2],
    [49, 1],
    [50, 1],
    [51, 2],
    [53, 2],
    [55, 2],
    [48, 1],
    [49, 1],
    [50, 4],
    [58, 4],
    [62, 4],
    [70, 4],
    [74, 8],
  ),
  // memb_merge_detect: system_from, ring id
  fields([13, 4], [17, 4], [21, 8]),
  // memb_join: system_from, counts, ring_seq, first ids
  fields([13, 4], [17, 4], [21, 4], [25, 8], [33, 4], [37, 4], [41, 4]),
  // memb_commit_token: token_seq, ring id, memb_index, addr_entries, first ids and entries
  fields(
    [13, 4],
    [17, 4],
    [21, 8],
    [33, 4],
    [37, 4],
    [41, 4],
    [45, 4],
    [49, 4],
    [53, 8],
    [61, 4],
    [65, 4],
    [69, 4],
  ),
  // token_hold_cancel: ring id
  fields([13, 4], [17, 8]),
];

function fields(...places: (readonly [at: number, bytes: number])[]): InputField[] {
  return [...HEADER, ...places.map(([at, bytes]) => ({ at, bytes }))];
}

/** Offset of the ring id by packet type; -1 where there is only a ring sequence, at 25. */
export const RING_ID_AT: readonly number[] = [29, 25, 17, -1, 17, 13];
export const JOIN_RING_SEQUENCE_AT = 25;

export function packetType(packet: Uint8Array): number {
  return packet.length > 3 && packet[3]! < BY_TYPE.length ? packet[3]! : -1;
}

export function packetFields(packet: Uint8Array): readonly InputField[] {
  const type = packetType(packet);
  return type < 0 ? HEADER : BY_TYPE[type]!;
}
