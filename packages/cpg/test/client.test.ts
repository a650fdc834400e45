import { setImmediate as nextTurn } from "node:timers/promises";
import { type CpgEvent, type CpgGroup, type JoinOptions, joinGroup, protocol } from "@corosync/cpg";
import { CsError } from "@corosync/service";
import { describe, expect, it } from "vitest";
import { FakeConnection } from "./fake-connection.ts";

const { PARTIAL_TYPE, REQUEST_ID } = protocol;
const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

async function joined(
  options: Partial<JoinOptions> = {},
): Promise<{ connection: FakeConnection; group: CpgGroup }> {
  const connection = new FakeConnection();
  return { connection, group: await joinGroup(connection, "g", { pid: 5, ...options }) };
}

/** The next events of the group, as many as asked for. */
async function take(group: CpgGroup, count: number): Promise<CpgEvent[]> {
  const events: CpgEvent[] = [];
  for await (const event of group) if (events.push(event) === count) break;
  return events;
}

describe("joinGroup", () => {
  it("resolves with the own join as the first event", async () => {
    const { connection, group } = await joined();
    expect(protocol.joinRequest.decode(connection.requests[1]!.bytes)).toEqual({
      name: bytes("g"),
      pid: 5,
      flags: 1,
    });
    expect([group.nodeId, group.pid]).toEqual([1, 5]);
    expect(await take(group, 1)).toEqual([
      {
        type: "membership",
        members: [{ nodeId: 1, pid: 5 }],
        left: [],
        joined: [{ nodeId: 1, pid: 5, reason: "join" }],
      },
    ]);
  });

  it("repeats while a former process is leaving", async () => {
    const connection = new FakeConnection();
    connection.errors.set(REQUEST_ID.join, [6, 10, 1]);
    await joinGroup(connection, "g", { pid: 5 });
    expect(connection.requests.filter(({ id }) => id === REQUEST_ID.join)).toHaveLength(3);
  });

  it("fails with the executive's error and closes the connection", async () => {
    const connection = new FakeConnection();
    connection.errors.set(REQUEST_ID.join, [14]);
    await expect(joinGroup(connection, "g", { pid: 5 })).rejects.toMatchObject({ code: "CS_ERR_EXIST" });
    expect(connection.closing).toBe(true);
    const other = new FakeConnection();
    await expect(joinGroup(other, "x".repeat(129), { pid: 5 })).rejects.toThrow("CS_ERR_NAME_TOO_LONG");
    expect(other.closing).toBe(true);
  });

  it("gives up when the signal aborts", async () => {
    const connection = new FakeConnection();
    connection.errors.set(
      REQUEST_ID.join,
      Array.from({ length: 500 }, () => 6),
    );
    const abort = new AbortController();
    const joining = joinGroup(connection, "g", { pid: 5, signal: abort.signal });
    await nextTurn();
    abort.abort(new Error("enough"));
    await expect(joining).rejects.toThrow("enough");
    expect(connection.closing).toBe(true);
  });
});

describe("multicast", () => {
  it("sends at once while nothing is congested", async () => {
    const { connection, group } = await joined();
    const sent = group.multicast(bytes("a"));
    expect(connection.read()).toEqual(["a"]);
    await sent;
    expect(group.tryMulticast(bytes("b"))).toBe(true);
    await group.multicastBatch([bytes("c"), bytes("d")]);
    expect(connection.read()).toEqual(["a", "b", "c", "d"]);
  });

  it("waits while the connection is congested and keeps the order of the calls", async () => {
    const { connection, group } = await joined({ maxPendingBytes: 10 });
    connection.pendingBytes = 10;
    const first = group.multicast(bytes("1"));
    const batch = group.multicastBatch([bytes("2"), bytes("3")]);
    const last = group.multicast(bytes("4"));
    expect(group.tryMulticast(bytes("no"))).toBe(false);
    await nextTurn();
    expect(connection.read()).toEqual([]);
    connection.drain();
    await first;
    expect(group.tryMulticast(bytes("no"))).toBe(false); // others are waiting
    await Promise.all([batch, last]);
    expect(connection.read()).toEqual(["1", "2", "3", "4"]);
  });

  it("does not send what was aborted while it waited", async () => {
    const { connection, group } = await joined({ maxPendingBytes: 10 });
    connection.pendingBytes = 10;
    const abort = new AbortController();
    const first = group.multicast(bytes("1"), { signal: abort.signal });
    const second = group.multicast(bytes("2"));
    const third = group.multicast(bytes("3"), { signal: abort.signal });
    abort.abort(new Error("changed my mind"));
    await expect(first).rejects.toThrow("changed my mind");
    await expect(third).rejects.toThrow("changed my mind");
    connection.drain();
    await second;
    expect(connection.read()).toEqual(["2"]);
    await expect(group.multicast(bytes("4"), { signal: abort.signal })).rejects.toThrow("changed my mind");
  });

  it("sends what is too long for one request in fragments", async () => {
    const { connection, group } = await joined();
    const long = new Uint8Array(2 * protocol.MAX_ATOMIC_MESSAGE_BYTES + 7).fill(3);
    expect(() => group.tryMulticast(long)).toThrow("CS_ERR_TOO_BIG");
    const sending = group.multicast(long);
    const after = group.multicast(bytes("after"));
    expect(connection.read()).toEqual([]);
    await Promise.all([sending, after]);
    const fragments = connection.requests
      .filter(({ id }) => id === REQUEST_ID.partialMcast)
      .map(({ bytes }) => protocol.partialMcastRequest.decode(bytes));
    const max = protocol.MAX_ATOMIC_MESSAGE_BYTES;
    expect(fragments.map((f) => [f.type, f.fragmentLength, f.messageLength])).toEqual([
      [PARTIAL_TYPE.first, max, long.length],
      [PARTIAL_TYPE.continued, max, long.length],
      [PARTIAL_TYPE.last, 7, long.length],
    ]);
    expect(connection.read()).toEqual(["after"]);
  });

  it("repeats a fragment that found no room, and a message that the group's change ended", async () => {
    const { connection, group } = await joined();
    connection.errors.set(REQUEST_ID.partialMcast, [1, 6, 16, 1, 1]);
    await group.multicast(new Uint8Array(protocol.MAX_ATOMIC_MESSAGE_BYTES + 1));
    const types = connection.requests
      .filter(({ id }) => id === REQUEST_ID.partialMcast)
      .map(({ bytes }) => protocol.partialMcastRequest.decode(bytes).type);
    const { first, last } = PARTIAL_TYPE;
    expect(types).toEqual([first, last, last, first, last]);
  });

  it("gives up on other errors, and after many changes", async () => {
    const { connection, group } = await joined();
    const long = new Uint8Array(protocol.MAX_ATOMIC_MESSAGE_BYTES + 1);
    connection.errors.set(REQUEST_ID.partialMcast, [26]);
    await expect(group.multicast(long)).rejects.toThrow("CS_ERR_TOO_BIG");
    connection.errors.set(
      REQUEST_ID.partialMcast,
      Array.from({ length: 16 }, () => 16),
    );
    await expect(group.multicast(long)).rejects.toThrow("CS_ERR_INTERRUPT");
  });
});

describe("events", () => {
  it("are queued until they are iterated, and the flow stops when too many wait", async () => {
    const { connection, group } = await joined({ maxQueuedBytes: 2000 });
    for (let i = 0; i < 3; i++) connection.message(2, 100, new Uint8Array(500).fill(i));
    expect(connection.paused).toBe(true);
    const events = await take(group, 3);
    expect(connection.paused).toBe(false);
    expect(events[2]).toMatchObject({ type: "message", nodeId: 2, pid: 100 });
    expect(events[2]).toHaveProperty("data", new Uint8Array(500).fill(1));
    expect((await take(group, 1))[0]).toHaveProperty("data", new Uint8Array(500).fill(2));
  });

  it("come in batches", async () => {
    const { connection, group } = await joined();
    const batches = group.batches();
    connection.message(2, 100, bytes("a"));
    expect((await batches.next()).value).toHaveLength(2);
    const waiting = batches.next();
    await nextTurn();
    connection.message(2, 100, bytes("b"));
    connection.message(2, 100, bytes("c"));
    expect((await waiting).value).toHaveLength(2);
  });

  it("go to a receiver without objects of their own", async () => {
    const seen: string[] = [];
    const { connection, group } = await joined({
      receiver: {
        message: (nodeId, pid, data) => seen.push(`${nodeId}:${pid} ${Buffer.from(data.copy())}`),
        membership: (event) => seen.push(`members ${event.members.length}`),
        configuration: (event) => seen.push(`nodes ${event.members}`),
      },
    });
    connection.message(2, 100, bytes("x"));
    connection.fragment(100, PARTIAL_TYPE.first, 2, bytes("y"));
    connection.fragment(100, PARTIAL_TYPE.last, 2, bytes("z"));
    const ring = new Uint8Array(protocol.totemConfchgLength(2));
    protocol.writeTotemConfchg(ring, { ringId: { representative: 1, sequence: 4 }, members: [1, 2] });
    connection.event(protocol.EVENT_ID.totemConfchg, ring);
    expect(seen).toEqual(["members 1", "2:100 x", "2:100 yz", "nodes 1,2"]);
    await expect(take(group, 1)).rejects.toThrow("CS_ERR_INVALID_PARAM");
  });

  it("put fragments together for each sender, and drop what does not add up", async () => {
    const { connection, group } = await joined();
    await take(group, 1);
    const { first, continued, last } = PARTIAL_TYPE;
    connection.fragment(100, continued, 3, bytes("x")); // its beginning was before our join
    connection.fragment(100, first, 4, bytes("a"));
    connection.fragment(101, first, 2, bytes("A"));
    connection.fragment(100, continued, 4, bytes("bc"));
    connection.fragment(101, last, 2, bytes("B"));
    connection.fragment(100, last, 4, bytes("d"));
    const texts = (await take(group, 2)).map((e) => (e.type === "message" ? `${Buffer.from(e.data)}` : ""));
    expect(texts).toEqual(["AB", "abcd"]);
    connection.fragment(100, first, 2, bytes("abc")); // more than announced
    connection.fragment(100, first, 4, bytes("a"));
    connection.fragment(100, last, 4, bytes("b")); // less than announced
    connection.fragment(100, first, 2, bytes("a"));
    connection.fragment(100, last, 3, bytes("b")); // another message
    expect(group.malformedEvents).toBe(3);
    connection.fragment(100, first, 2, bytes("a"));
    connection.change([5], [100], []);
    connection.fragment(100, last, 2, bytes("b")); // of a process that left
    expect((await take(group, 1))[0]).toMatchObject({ type: "membership" });
    connection.message(2, 100, bytes("next"));
    expect((await take(group, 1))[0]).toHaveProperty("data", bytes("next"));
  });

  it("end the group when a message exceeds the bound", async () => {
    const { connection, group } = await joined({ maxAssemblyBytes: 1000 });
    connection.fragment(100, PARTIAL_TYPE.first, 1001, bytes("a"));
    await take(group, 1);
    await expect(take(group, 1)).rejects.toThrow("CS_ERR_NO_MEMORY");
    expect(await group.closed).toMatchObject({ code: "CS_ERR_NO_MEMORY" });
    await expect(group.multicast(bytes("x"))).rejects.toThrow("CS_ERR_NO_MEMORY");
  });

  it("that make no sense are dropped and counted", async () => {
    const { connection, group } = await joined();
    connection.event(protocol.EVENT_ID.deliver, new Uint8Array(100));
    connection.event(protocol.EVENT_ID.confchg, new Uint8Array(100));
    connection.event(protocol.EVENT_ID.partialDeliver, new Uint8Array(100));
    connection.event(999, new Uint8Array(24));
    expect(group.malformedEvents).toBe(3);
  });

  it("of the ring before the own join are not the group's", async () => {
    const connection = new FakeConnection();
    connection.errors.set(REQUEST_ID.join, [6]); // leaves time for an event before the join
    const joining = joinGroup(connection, "g", { pid: 5 });
    await nextTurn();
    const ring = new Uint8Array(protocol.totemConfchgLength(1));
    protocol.writeTotemConfchg(ring, { ringId: { representative: 1, sequence: 4 }, members: [1] });
    connection.event(protocol.EVENT_ID.totemConfchg, ring);
    const group = await joining;
    expect((await take(group, 1))[0]).toMatchObject({ type: "membership" });
  });
});

describe("the end of a group", () => {
  it("by leaving: waiting messages go first, events end with the own departure", async () => {
    const { connection, group } = await joined({ maxPendingBytes: 10 });
    connection.pendingBytes = 10;
    const waiting = group.multicast(bytes("last words"));
    const leaving = group.leave();
    expect(() => group.tryMulticast(bytes("no"))).toThrow("CS_ERR_NOT_EXIST");
    await nextTurn();
    expect(connection.requests.some(({ id }) => id === REQUEST_ID.leave)).toBe(false);
    connection.drain();
    await Promise.all([waiting, leaving]);
    expect(connection.read()).toEqual(["last words"]);
    connection.change([100], [5], []);
    connection.message(2, 100, bytes("not for us"));
    const events: CpgEvent[] = [];
    for await (const event of group) events.push(event);
    expect(events).toHaveLength(2);
    expect(await group.closed).toBeNull();
    expect(connection.requests.at(-1)!.id).toBe(REQUEST_ID.finalize);
  });

  it("by closing: the iteration ends", async () => {
    const { connection, group } = await joined();
    const iterating = take(group, 5);
    await group[Symbol.asyncDispose]();
    expect(await iterating).toHaveLength(1);
    expect(connection.requests.at(-1)!.id).toBe(REQUEST_ID.finalize);
    await expect(group.multicast(bytes("x"))).rejects.toThrow("CS_ERR_BAD_HANDLE");
    expect(await group.closed).toBeNull();
  });

  it("by a broken connection: the iteration and what waits fail", async () => {
    const { connection, group } = await joined({ maxPendingBytes: 1 });
    const iterating = take(group, 5);
    const error = new CsError("CS_ERR_LIBRARY", "connection lost");
    connection.break(error);
    await expect(iterating).rejects.toBe(error);
    await expect(group.multicast(bytes("x"))).rejects.toBe(error);
    expect(await group.closed).toBe(error);
  });
});
