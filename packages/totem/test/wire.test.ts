import { ByteSpan, CodecError } from "@corosync/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCommitToken, encodeCommitToken, newCommitToken } from "../src/wire/commit-token.ts";
import { checkHeader, HeaderFault, PacketType } from "../src/wire/header.ts";
import { decodeHoldCancel, encodeHoldCancel } from "../src/wire/hold-cancel.ts";
import { decodeJoin, encodeJoin } from "../src/wire/join.ts";
import { Mcast, mcastFault, writeMcastHeader } from "../src/wire/mcast.ts";
import { decodeMergeDetect, encodeMergeDetect } from "../src/wire/merge-detect.ts";
import { OrfToken, orfTokenFault, orfTokenLength, writeInitialOrfToken } from "../src/wire/orf-token.ts";
import { formatRingId, isRingIdAt, readRingId } from "../src/wire/ring-id-field.ts";
import { capturedPackets } from "./capture/captures.ts";

const captured = capturedPackets();

/** C leaves stack garbage in target_nodeid, and in `encapsulated` of all but mcasts (spec totem 2.1). */
function withoutGarbage(bytes: Uint8Array): Uint8Array {
  const clean = bytes.slice();
  if (clean[3] !== PacketType.mcast) clean[4] = 0;
  clean.fill(0, 9, 13);
  return clean;
}

function ofType(msg: string): typeof captured {
  const found = captured.filter(
    ({ packet }) => packet.decoded.msg === msg && packet.decoded.byte_order === "little",
  );
  expect(found.length).toBeGreaterThan(0);
  return found;
}

const ring = (id: { representative: number; sequence: number }) => ({
  rep: id.representative,
  seq: id.sequence,
});

describe("captures of the C daemon", () => {
  it("have headers that we accept, except those of the big-endian test node (spec totem 2.1 and 2.8)", () => {
    for (const { packet, bytes } of captured) {
      const type = checkHeader(new DataView(bytes.buffer), 0, bytes.length);
      if (packet.decoded.byte_order === "big") expect(type).toBe(HeaderFault.otherByteOrder);
      else expect(type).toBe(packet.decoded.header.type);
    }
  });

  it("decode to the recorded joins, and encode back to the same bytes (spec totem 2.6)", () => {
    for (const { packet, bytes } of ofType("memb_join")) {
      const join = decodeJoin(new ByteSpan(bytes));
      const { decoded } = packet;
      expect(join).toEqual({
        systemFrom: decoded["system_from"],
        leave: decoded.header.nodeid === 0,
        ringSequence: decoded["ring_seq"],
        processors: decoded["proc_list"],
        failed: decoded["failed_list"],
      });
      expect(encodeJoin(join)).toEqual(withoutGarbage(bytes));
    }
    expect(ofType("memb_join").some(({ packet }) => packet.decoded.header.nodeid === 0)).toBe(true);
  });

  it("decode to the recorded commit tokens, and encode back to the same bytes (spec totem 2.7)", () => {
    for (const { packet, bytes } of ofType("memb_commit_token")) {
      const token = decodeCommitToken(new ByteSpan(bytes));
      const { decoded } = packet;
      expect({
        token_seq: token.tokenSeq,
        ring_id: ring(token.ringId),
        memb_index: token.memberIndex,
        addr: token.members,
        memb_list: token.entries.map((entry) => ({
          ring_id: ring(entry.ringId),
          aru: entry.aru,
          high_delivered: entry.highDelivered,
          received_flg: entry.received ? 1 : 0,
        })),
      }).toEqual({
        token_seq: decoded["token_seq"],
        ring_id: decoded["ring_id"],
        memb_index: decoded["memb_index"],
        addr: decoded["addr"],
        memb_list: decoded["memb_list"],
      });
      expect(encodeCommitToken(token, decoded.header.nodeid)).toEqual(withoutGarbage(bytes));
    }
  });

  it("decode to the recorded merge detects and hold cancels, and encode back to the same bytes (spec totem 2.5 and 2.7)", () => {
    for (const { packet, bytes } of ofType("memb_merge_detect")) {
      const merge = decodeMergeDetect(new ByteSpan(bytes));
      expect({ from: merge.systemFrom, ring: ring(merge.ringId) }).toEqual({
        from: packet.decoded["system_from"],
        ring: packet.decoded["ring_id"],
      });
      expect(encodeMergeDetect(merge)).toEqual(withoutGarbage(bytes));
    }
    for (const { packet, bytes } of ofType("token_hold_cancel")) {
      const ringId = decodeHoldCancel(new ByteSpan(bytes));
      expect(ring(ringId)).toEqual(packet.decoded["ring_id"]);
      expect(encodeHoldCancel(packet.decoded.header.nodeid, ringId)).toEqual(withoutGarbage(bytes));
    }
  });

  it("read as the recorded ORF tokens (spec totem 2.3)", () => {
    for (const { packet, bytes } of ofType("orf_token")) {
      const view = new DataView(bytes.buffer);
      const { decoded } = packet;
      expect(orfTokenFault(view, 0, bytes.length)).toBeNull();
      expect(orfTokenLength(view, 0)).toBe(bytes.length);
      expect({
        seq: view.getUint32(OrfToken.seqAt, true),
        token_seq: view.getUint32(OrfToken.tokenSeqAt, true),
        aru: view.getUint32(OrfToken.aruAt, true),
        aru_addr: view.getUint32(OrfToken.aruAddrAt, true),
        backlog: view.getUint32(OrfToken.backlogAt, true),
        fcc: view.getUint32(OrfToken.fccAt, true),
        retrans_flg: view.getInt32(OrfToken.retransFlgAt, true),
        ring_id: ring(readRingId(view, OrfToken.ringIdAt, "orf_token")),
      }).toEqual({
        seq: decoded["seq"],
        token_seq: decoded["token_seq"],
        aru: decoded["aru"],
        aru_addr: decoded["aru_addr"],
        backlog: decoded["backlog"],
        fcc: decoded["fcc"],
        retrans_flg: decoded["retrans_flg"],
        ring_id: decoded["ring_id"],
      });
    }
  });

  it("contain the initial token of a ring as we write it", () => {
    const initial = ofType("orf_token").filter(({ packet }) => packet.decoded["token_seq"] === 0);
    expect(initial.length).toBeGreaterThan(0);
    for (const { packet, bytes } of initial) {
      const written = new Uint8Array(OrfToken.rtrListAt);
      const id = packet.decoded["ring_id"] as { rep: number; seq: number };
      writeInitialOrfToken(
        new DataView(written.buffer),
        0,
        packet.decoded.header.nodeid,
        { representative: id.rep, sequence: id.seq },
        packet.decoded["retrans_flg"] === 1,
      );
      expect(written).toEqual(withoutGarbage(bytes));
    }
  });

  it("carry mcast headers as we write them (spec totem 2.4)", () => {
    for (const { packet, bytes } of ofType("mcast")) {
      expect(mcastFault(new DataView(bytes.buffer), 0, bytes.length)).toBeNull();
      const id = packet.decoded["ring_id"] as { rep: number; seq: number };
      const written = new Uint8Array(Mcast.payloadAt);
      writeMcastHeader(
        new DataView(written.buffer),
        0,
        packet.decoded.header.encapsulated,
        packet.decoded.header.nodeid,
        packet.decoded["seq"] as number,
        packet.decoded["this_seqno"] as number,
        { representative: id.rep, sequence: id.seq },
      );
      expect(written).toEqual(withoutGarbage(bytes).subarray(0, Mcast.payloadAt));
    }
  });
});

describe("malformed packets", () => {
  it("are named by type and field", () => {
    const join = encodeJoin({ systemFrom: 1, leave: false, processors: [1, 2], failed: [], ringSequence: 4 });
    const lists = new Uint8Array(33);
    lists.set(join.subarray(0, 33));
    new DataView(lists.buffer).setUint32(17, 385, true);
    expect(() => decodeJoin(new ByteSpan(join.subarray(0, 40).slice()))).toThrow(/memb_join.lists/);
    expect(() => decodeJoin(new ByteSpan(lists))).toThrow(/memb_join.proc_list_entries: 385/);
    expect(() => decodeCommitToken(new ByteSpan(new Uint8Array(41)))).toThrow(
      /memb_commit_token.addr_entries: 0/,
    );
    for (const members of [
      [1, 3, 2],
      [1, 1, 2],
    ]) {
      const disordered = encodeCommitToken(newCommitToken({ representative: 1, sequence: 8 }, members), 1);
      expect(() => decodeCommitToken(new ByteSpan(disordered))).toThrow(
        /memb_commit_token.addr: [12] follows/,
      );
    }
    expect(() => decodeHoldCancel(new ByteSpan(new Uint8Array(24)))).toThrow(/token_hold_cancel.length/);
    expect(() => decodeMergeDetect(new ByteSpan(new Uint8Array(28)))).toThrow(/memb_merge_detect.length/);
    const token = new Uint8Array(57);
    new DataView(token.buffer).setInt32(OrfToken.rtrEntriesAt, 1, true);
    expect(orfTokenFault(new DataView(token.buffer), 0, 57)).toMatch(/rtr_list: 1 entries do not fit/);
    new DataView(token.buffer).setInt32(OrfToken.rtrEntriesAt, -1, true);
    expect(orfTokenFault(new DataView(token.buffer), 0, 57)).toMatch(/rtr_list_entries: -1/);
  });

  it("never make a decoder throw anything but a CodecError, or read past the end", () => {
    const decoders = [decodeJoin, decodeCommitToken, decodeHoldCancel, decodeMergeDetect];
    fc.assert(
      fc.property(
        fc.constantFrom(...captured.slice(0, 400)),
        fc.nat(),
        fc.nat(255),
        fc.nat(1500),
        ({ bytes }, at, value, cut) => {
          const mutant = bytes.slice(0, Math.max(0, bytes.length - (cut % (bytes.length + 1))));
          if (mutant.length > 0) mutant[at % mutant.length] = value;
          for (const decode of decoders) {
            try {
              decode(new ByteSpan(mutant));
            } catch (error) {
              expect(error).toBeInstanceOf(CodecError);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("ring ids", () => {
  it("print in hexadecimal and compare as pairs (spec totem 2.2)", () => {
    expect(formatRingId({ representative: 10, sequence: 30 })).toBe("a.1e");
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 7, true);
    view.setUint32(8, 1, true);
    expect(isRingIdAt(view, 0, { representative: 7, sequence: 2 ** 32 })).toBe(true);
    expect(isRingIdAt(view, 0, { representative: 8, sequence: 2 ** 32 })).toBe(false);
    expect(isRingIdAt(view, 0, { representative: 7, sequence: 1 })).toBe(false);
  });
});
