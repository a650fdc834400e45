import { readFileSync } from "node:fs";
import { requestHeader, responseHeader } from "@corosync/service";
import { describe, expect, it } from "vitest";
import {
  confchgLength,
  decodeConfchg,
  decodeTotemConfchg,
  deliverHeader,
  partialDeliverHeader,
  totemConfchgLength,
  writeConfchg,
  writeTotemConfchg,
} from "./events.ts";
import { REQUEST_ID } from "./message-ids.ts";
import {
  encodeBareRequest,
  encodePartialMcastRequest,
  encodeRequest,
  iterationInitializeName,
  iterationInitializeRequest,
  iterationRequest,
  joinRequest,
  leaveRequest,
  mcastRequest,
  membershipGetRequest,
  partialMcastRequest,
} from "./requests.ts";
import {
  decodeMembership,
  decodeResponse,
  iterationInitializeResponse,
  iterationNextResponse,
  localGetResponse,
  MEMBERSHIP_GET_RESPONSE_BYTES,
  writeMembership,
} from "./responses.ts";

interface Expectation {
  id: number;
  name: string;
  size: number;
  error: number;
  group: string;
  pid: number;
  flags: number;
  nodeid: number;
  guarantee: number;
  msglen: number;
  fraglen: number;
  type: number;
  data: string;
  iteration_type: number;
  iteration_handle_hex: string;
  local_nodeid: number;
  members: number[][];
  left: number[][];
  joined: number[][];
  ring: { nodeid: number; seq: number };
}
interface Recorded {
  dir: string;
  len: number;
  hex: string;
  hex_truncated_to?: number;
  expect: Expectation;
}

const messages: Recorded[] = JSON.parse(
  readFileSync(new URL("../../test/vectors/ipc-cpg.json", import.meta.url), "utf8"),
).messages.filter((m: Recorded) => m.hex !== undefined);
const bytesOf = (m: Recorded) => Uint8Array.from(Buffer.from(m.hex, "hex"));
const text = (name: Uint8Array) => Buffer.from(name).toString();
const name = (group: string) => Uint8Array.from(Buffer.from(group));
const handle = (hex: string) => Buffer.from(hex, "hex").readBigUInt64LE();
const address = ([nodeId, pid, reason = 0]: number[]) => ({ nodeId, pid, reason });

/** Bytes of the message that its fields cover; the rest is padding. */
type Check = (bytes: Uint8Array, e: Expectation) => void;

const requests: Record<string, Check> = {
  local_get: (bytes) => expect(encodeBareRequest(REQUEST_ID.localGet)).toEqual(bytes),
  finalize: (bytes) => expect(encodeBareRequest(REQUEST_ID.finalize).length).toBe(bytes.length),
  join: (bytes, e) => {
    const fields = { name: name(e.group), pid: e.pid, flags: e.flags };
    expect(joinRequest.decode(bytes)).toEqual(fields);
    expect(joinRequest.decode(encodeRequest(REQUEST_ID.join, joinRequest, fields))).toEqual(fields);
  },
  leave: (bytes, e) => expect(leaveRequest.decode(bytes)).toEqual({ name: name(e.group), pid: e.pid }),
  mcast: (bytes, e) => {
    expect(mcastRequest.decode(bytes)).toEqual({ guarantee: e.guarantee, messageLength: e.msglen });
    expect(text(bytes.subarray(mcastRequest.size))).toBe(e.data);
  },
  membership_get: (bytes, e) => expect(membershipGetRequest.decode(bytes)).toEqual({ name: name(e.group) }),
  iteration_initialize: (bytes, e) => {
    expect(iterationInitializeRequest.decode(bytes)).toEqual({ type: e.iteration_type });
    if (e.group !== undefined) expect(text(iterationInitializeName.decode(bytes).name)).toBe(e.group);
  },
  iteration_next: (bytes, e) =>
    expect(iterationRequest.decode(bytes)).toEqual({ handle: handle(e.iteration_handle_hex) }),
  iteration_finalize: (bytes, e) =>
    expect(iterationRequest.decode(bytes)).toEqual({ handle: handle(e.iteration_handle_hex) }),
  partial_mcast: (bytes, e) => {
    const fields = { guarantee: e.guarantee, messageLength: e.msglen, type: e.type };
    expect(partialMcastRequest.decode(bytes)).toEqual({ ...fields, fragmentLength: e.fraglen });
    const ours = encodePartialMcastRequest(fields, new Uint8Array(e.fraglen));
    expect(ours).toHaveLength(e.size);
    expect(partialMcastRequest.decode(ours)).toEqual(partialMcastRequest.decode(bytes));
  },
};

const responses: Record<string, Check> = {
  local_get: (bytes, e) =>
    expect(decodeResponse(bytes, localGetResponse, "cpg local_get")).toEqual({ nodeId: e.local_nodeid }),
  membership_get: (bytes, e) => {
    const whole = new Uint8Array(e.size);
    whole.set(bytes);
    const members = decodeMembership(whole);
    expect(members.map((m) => [m.nodeId, m.pid])).toEqual(e.members);
    const ours = new Uint8Array(MEMBERSHIP_GET_RESPONSE_BYTES);
    writeMembership(ours, members);
    expect(ours).toHaveLength(e.size);
    expect(decodeMembership(ours)).toEqual(members);
  },
  iteration_initialize: (bytes, e) =>
    expect(decodeResponse(bytes, iterationInitializeResponse, "x")).toEqual({
      handle: handle(e.iteration_handle_hex),
    }),
  iteration_next: (bytes, e) => {
    if (e.error !== 1) {
      expect(() => decodeResponse(bytes, iterationNextResponse, "cpg iteration_next")).toThrow(
        "cpg iteration_next: CS_ERR_NO_SECTIONS",
      );
      return;
    }
    const next = decodeResponse(bytes, iterationNextResponse, "x");
    expect({ ...next, name: text(next.name) }).toEqual({ name: e.group, nodeId: e.nodeid, pid: e.pid });
  },
};

const events: Record<string, Check> = {
  confchg: (bytes, e) => {
    const change = decodeConfchg(bytes);
    expect(text(change.name)).toBe(e.group);
    expect(change.left).toEqual(e.left.map(address));
    expect(change.joined).toEqual(e.joined.map(address));
    expect(change.members.map((m) => [m.nodeId, m.pid])).toEqual(e.members);
    expect(confchgLength(change)).toBe(bytes.length);
    const ours = new Uint8Array(bytes.length).fill(0xaa);
    writeConfchg(ours, change);
    expect(decodeConfchg(ours)).toEqual(change);
    expect(ours[0]).toBe(0xaa); // the header is the caller's
  },
  totem_confchg: (bytes, e) => {
    const change = decodeTotemConfchg(bytes);
    expect(change).toEqual({
      ringId: { representative: e.ring.nodeid, sequence: e.ring.seq },
      members: e.members,
    });
    expect(totemConfchgLength(change.members.length)).toBe(bytes.length);
    const ours = new Uint8Array(bytes.length).fill(0xaa);
    writeTotemConfchg(ours, change);
    expect(decodeTotemConfchg(ours)).toEqual(change);
  },
  deliver: (bytes, e) => {
    const fields = deliverHeader.decode(bytes);
    expect({ ...fields, name: text(fields.name) }).toEqual({
      name: e.group,
      messageLength: e.msglen,
      nodeId: e.nodeid,
      pid: e.pid,
    });
    expect(text(bytes.subarray(deliverHeader.size))).toBe(e.data);
  },
  partial_deliver: (bytes, e) => {
    const fields = partialDeliverHeader.decode(bytes);
    expect({ ...fields, name: text(fields.name) }).toEqual({
      name: e.group,
      messageLength: e.msglen,
      fragmentLength: e.fraglen,
      nodeId: e.nodeid,
      pid: e.pid,
      type: e.type,
    });
  },
};

describe("IPC messages recorded between libcpg and the C daemon", () => {
  const seen = new Set<string>();
  for (const message of messages) {
    const e = message.expect;
    const check = { request: requests, response: responses, event: events }[message.dir]?.[e.name];
    it(`${message.dir} ${e.name}, ${message.len} bytes`, () => {
      const bytes = bytesOf(message);
      const header = message.dir === "request" ? requestHeader : responseHeader;
      expect(header.decode(bytes)).toMatchObject({ id: e.id, size: e.size });
      check?.(bytes, e);
    });
    if (check !== undefined) seen.add(`${message.dir} ${e.name}`);
  }

  it("cover every layout of this protocol", () => {
    expect(seen.size).toBe(Object.keys(requests).length + Object.keys(responses).length + 4);
  });
});

describe("IPC messages from anywhere", () => {
  it("refuse counts that the bytes do not hold", () => {
    const event = new Uint8Array(184);
    new DataView(event.buffer).setUint32(176, 1, true);
    expect(() => decodeConfchg(event)).toThrow(/1 entries in 184 bytes/);
    const ring = new Uint8Array(48);
    new DataView(ring.buffer).setUint32(40, 2, true);
    expect(() => decodeTotemConfchg(ring)).toThrow(/2 nodes in 48 bytes/);
    const members = new Uint8Array(40);
    new DataView(members.buffer).setUint32(24, 1, true);
    expect(() => decodeMembership(members)).toThrow(/1 in 40 bytes/);
  });
});
