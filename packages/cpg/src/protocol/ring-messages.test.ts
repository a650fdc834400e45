import { readFileSync } from "node:fs";
import { messageId, requestHeader } from "@corosync/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CPG_SERVICE_ID, RING_FN } from "./message-ids.ts";
import {
  decodeDownlist,
  decodeJoinlist,
  encodeDownlist,
  encodeJoinlist,
  mcastHeader,
  partialMcastHeader,
  procChange,
} from "./ring-messages.ts";

interface Expectation {
  service?: string;
  msg?: string;
  fn: number;
  size: number;
  cpg_group: string;
  pid: number;
  reason: number;
  msglen: number;
  fraglen: number;
  type: number;
  source_nodeid: number;
  data: string;
  old_members: number;
  left_nodes: number;
  nodeids: number[];
  entries: { pid: number; cpg_group: string }[];
}
interface Recorded {
  hex?: string;
  group_and_header_hex?: string;
  expect: Expectation;
}

const GROUP_A_BYTES = 5;
const vector = (file: string): Recorded[] =>
  JSON.parse(readFileSync(new URL(`../../test/vectors/${file}`, import.meta.url), "utf8")).messages;
const files = [
  "exec-cpg-messages.json",
  "sync-first-single-node.json",
  "sync-node-join.json",
  "sync-node-death.json",
  "sync-partition-merge.json",
  "sync-leave-during-sync.json",
];
const recorded = files
  .flatMap(vector)
  .filter((m) => m.expect.service === "cpg")
  .map((m) => ({
    expected: m.expect,
    bytes: Uint8Array.from(Buffer.from(m.hex!, "hex").subarray(GROUP_A_BYTES)),
  }));
const text = (name: Uint8Array) => Buffer.from(name).toString();
const name = (group: string) => Uint8Array.from(Buffer.from(group));

/** What the host puts in front of an engine's message. */
function headed(fn: number, message: Uint8Array): Uint8Array {
  requestHeader.encodeInto({ id: messageId(CPG_SERVICE_ID, fn), size: message.length }, message);
  return message;
}

describe("ring messages recorded from C nodes", () => {
  const kinds = new Set(recorded.map((m) => m.expected.msg));
  it("are of every kind that C sends unfragmented", () => {
    expect([...kinds].sort()).toEqual(["downlist", "joinlist", "mcast", "procjoin", "procleave"]);
  });

  for (const { expected, bytes } of recorded) {
    const label = `${expected.msg} of ${bytes.length} bytes`;
    if (expected.msg === "procjoin" || expected.msg === "procleave") {
      it(`${label} decodes and encodes to the same bytes`, () => {
        const fields = procChange.decode(bytes);
        expect({ ...fields, name: text(fields.name) }).toEqual({
          name: expected.cpg_group,
          pid: expected.pid,
          reason: expected.reason,
        });
        expect(headed(expected.fn, procChange.encode(fields))).toEqual(bytes);
      });
    } else if (expected.msg === "joinlist") {
      it(`${label} decodes and encodes to the same bytes`, () => {
        const entries = decodeJoinlist(bytes);
        expect(entries.map((e) => ({ pid: e.pid, cpg_group: text(e.name) }))).toEqual(expected.entries);
        expect(encodeJoinlist(entries)).toEqual(bytes);
      });
    } else if (expected.msg === "downlist") {
      it(`${label} decodes and encodes to the same bytes but for ids after the list`, () => {
        const list = decodeDownlist(bytes);
        expect(list).toEqual({ oldMembers: expected.old_members, left: expected.nodeids });
        const listed = 32 + 4 * list.left.length;
        const encoded = headed(RING_FN.downlist, encodeDownlist(list));
        expect(encoded).toHaveLength(bytes.length);
        expect(encoded.subarray(0, listed)).toEqual(bytes.subarray(0, listed));
      });
    } else {
      it(`${label} decodes and encodes to the same bytes but for the opaque source`, () => {
        const fields = mcastHeader.decode(bytes);
        expect({ ...fields, name: text(fields.name) }).toEqual({
          name: expected.cpg_group,
          messageLength: expected.msglen,
          pid: expected.pid,
          sourceNodeId: expected.source_nodeid,
        });
        expect(text(bytes.subarray(184))).toBe(expected.data);
        const encoded = mcastHeader.encode(fields, fields.messageLength);
        encoded.set(bytes.subarray(184), 184);
        const plain = bytes.slice();
        plain.fill(0, 176, 184);
        expect(headed(RING_FN.mcast, encoded)).toEqual(plain);
      });
    }
  }

  for (const { expect: expected, group_and_header_hex } of vector("big-partials.json")) {
    it(`${expected.msg} of a big message, ${expected.size} bytes`, () => {
      const bytes = Uint8Array.from(Buffer.from(group_and_header_hex!, "hex").subarray(GROUP_A_BYTES));
      expect(requestHeader.decode(bytes)).toEqual({ id: (2 << 16) | expected.fn, size: expected.size });
      const common = {
        name: name(expected.cpg_group),
        messageLength: expected.msglen,
        pid: expected.pid,
        sourceNodeId: expected.source_nodeid,
      };
      if (expected.msg === "mcast") expect(mcastHeader.decode(bytes)).toEqual(common);
      else
        expect(partialMcastHeader.decode(bytes)).toEqual({
          ...common,
          fragmentLength: expected.fraglen,
          type: expected.type,
        });
    });
  }
});

describe("ring messages from anywhere", () => {
  it("decode or throw a CodecError, whatever the bytes", () => {
    const seeds = recorded.map((m) => m.bytes);
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 6 }),
        fc.nat(2000),
        (seed, patches, cut) => {
          const bytes = seed.slice(0, cut);
          for (const [at, value] of patches) if (at < bytes.length) bytes[at] = value;
          for (const decode of [decodeJoinlist, decodeDownlist, procChange.decode, mcastHeader.decode]) {
            try {
              decode(bytes);
            } catch (error) {
              expect((error as Error).name).toBe("CodecError");
            }
          }
        },
      ),
    );
  });

  it("never read more joinlist entries than were delivered, whatever size is claimed", () => {
    const bytes = encodeJoinlist([{ pid: 1, name: name("g") }]);
    requestHeader.encodeInto({ id: messageId(CPG_SERVICE_ID, RING_FN.joinlist), size: 100_000 }, bytes);
    expect(decodeJoinlist(bytes)).toHaveLength(1);
  });

  it("refuse a downlist that counts more nodes than a cluster has", () => {
    const bytes = encodeDownlist({ oldMembers: 1, left: [] });
    new DataView(bytes.buffer).setUint32(24, 385, true);
    expect(() => decodeDownlist(bytes)).toThrow(/left_nodes/);
  });
});
