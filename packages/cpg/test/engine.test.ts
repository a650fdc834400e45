import { C_CPG_BEHAVIOUR, CPG_BEHAVIOUR, protocol } from "@corosync/cpg";
import { requestHeader } from "@corosync/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EngineClient, EngineHarness, nameBytes } from "./engine-harness.ts";

const { PARTIAL_TYPE, REASON, REQUEST_ID, RING_FN } = protocol;
const OK = 1;
const TRY_AGAIN = 6;
const INVALID_PARAM = 7;
const BUSY = 10;
const NOT_EXIST = 12;
const NAME_TOO_LONG = 13;
const EXIST = 14;
const INTERRUPT = 16;
const NOT_SUPPORTED = 19;
const NO_SECTIONS = 27;

function joined(harness: EngineHarness, pid: number, group: string): EngineClient {
  const client = harness.client(pid);
  client.join(group);
  harness.flush();
  return client;
}

describe("states of a connection (3.1)", () => {
  it("unjoined: nothing can be left or sent", () => {
    const harness = new EngineHarness();
    const client = harness.client(5);
    expect(client.leave("g")).toBe(NOT_EXIST);
    expect(client.mcast(nameBytes("x"))).toBeNull();
    expect(client.partial(PARTIAL_TYPE.first, 1, nameBytes("x"))).toBe(NOT_EXIST);
    expect(harness.queue).toEqual([]);
  });

  it("join started: sends, cannot leave or join, sees nothing yet", () => {
    const harness = new EngineHarness();
    const client = harness.client(5);
    expect(client.join("g")).toBe(OK);
    expect(client.events).toEqual([]);
    expect(client.join("g")).toBe(EXIST);
    expect(client.join("h")).toBe(EXIST);
    expect(client.leave("g")).toBe(BUSY);
    client.mcast(nameBytes("early"));
    expect(harness.queue.map((m) => m.fn)).toEqual([RING_FN.procJoin, RING_FN.mcast]);
    harness.flush();
    expect(client.events).toHaveLength(2); // own join before own message
  });

  it("joined, then leaving, then free to join again (D1)", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    expect(client.lastEvent()).toBe("m 1:5/0 l  j 1:5/1");
    expect(client.join("g")).toBe(EXIST);
    expect(client.leave("g")).toBe(OK);
    expect(client.leave("g")).toBe(NOT_EXIST);
    expect(client.mcast(nameBytes("late"))).toBeNull();
    expect(client.partial(PARTIAL_TYPE.first, 1, nameBytes("x"))).toBe(NOT_EXIST);
    expect(client.join("h")).toBe(BUSY);
    harness.flush();
    expect(client.lastEvent()).toBe("m  l 1:5/2 j ");
    expect(client.join("h")).toBe(OK);
    harness.flush();
    expect(client.lastEvent()).toBe("m 1:5/0 l  j 1:5/1");
    const seen = client.events.length;
    harness.remote(2, RING_FN.procJoin, "g", 7, REASON.join);
    expect(client.events).toHaveLength(seen);
  });

  it("in C a connection that left stays half joined (D1)", () => {
    const harness = new EngineHarness(C_CPG_BEHAVIOUR);
    const client = joined(harness, 5, "g");
    client.leave("g");
    harness.flush();
    expect(client.join("g")).toBe(EXIST);
    expect(client.join("h")).toBe(BUSY);
    harness.remote(2, RING_FN.procJoin, "g", 7, REASON.join);
    expect(client.lastEvent()).toBe("m 2:7/0 l  j 2:7/1");
  });

  it("one pid is in a group once, whatever its connections", () => {
    const harness = new EngineHarness();
    joined(harness, 5, "g");
    const second = harness.client(5);
    expect(second.join("g")).toBe(EXIST);
    expect(second.join("h")).toBe(OK);
  });

  it("a pid whose former connection is still leaving must try again", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    client.close();
    const again = harness.client(5);
    expect(again.join("g")).toBe(TRY_AGAIN);
    harness.flush();
    expect(again.join("g")).toBe(OK);
    harness.flush();
    expect(again.lastEvent()).toBe("m 1:5/0 l  j 1:5/1");
  });

  it("so must one whose former connection never saw its join", () => {
    const harness = new EngineHarness();
    const client = harness.client(5);
    client.join("g");
    client.close();
    const again = harness.client(5);
    expect(again.join("g")).toBe(TRY_AGAIN);
    harness.flush();
    expect(again.join("g")).toBe(OK);
  });

  it("names have 0 to 128 bytes, zero bytes among them", () => {
    const harness = new EngineHarness();
    const request = new Uint8Array(168);
    requestHeader.encodeInto({ id: REQUEST_ID.join, size: 168 }, request);
    new DataView(request.buffer).setUint32(16, 129, true);
    expect(harness.client(1).request(request)).toBe(NAME_TOO_LONG);
    expect(harness.client(2).join("x".repeat(128))).toBe(OK);
    expect(harness.client(3).join("")).toBe(OK);
    expect(harness.client(4).join("a\0b")).toBe(OK);
    const other = harness.client(5);
    other.join("a\0c");
    harness.flush();
    expect(other.lastEvent()).toBe("m 1:5/0 l  j 1:5/1");
  });

  it("what follows a name's length is not part of it", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    const message = protocol.procChange.encode({ name: nameBytes("gone"), pid: 9, reason: REASON.join });
    new DataView(message.buffer).setUint32(16, 1, true);
    harness.deliver(2, RING_FN.procJoin, message);
    expect(client.lastEvent()).toBe("m 1:5/0,2:9/0 l  j 2:9/1");
  });
});

describe("leaving", () => {
  it("only the joined group can be left (D2)", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    expect(client.leave("h")).toBe(NOT_EXIST);
    expect(harness.queue).toEqual([]);
    const empty = joined(harness, 6, "");
    empty.close();
    expect(harness.queue).toHaveLength(1);
  });

  it("in C any group can be, and the empty one never is (D2)", () => {
    const harness = new EngineHarness(C_CPG_BEHAVIOUR);
    expect(joined(harness, 5, "g").leave("h")).toBe(OK);
    expect(protocol.procChange.decode(harness.queue[0]!.bytes).name).toEqual(nameBytes("h"));
    harness.flush();
    joined(harness, 6, "").close();
    expect(harness.queue).toEqual([]);
  });

  it("is told to members even of a process nobody knew", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    harness.remote(3, RING_FN.procLeave, "g", 77, REASON.procDown);
    expect(client.lastEvent()).toBe("m 1:5/0 l 3:77/5 j ");
    harness.remote(3, RING_FN.procLeave, "nobody's", 77, REASON.procDown);
    expect(client.events).toHaveLength(2);
  });

  it("waits for room, and is sent in order", () => {
    const harness = new EngineHarness();
    const a = joined(harness, 5, "g");
    const b = joined(harness, 6, "g");
    harness.room = false;
    a.close();
    b.close();
    harness.token();
    expect(harness.queue).toEqual([]);
    harness.room = true;
    harness.token();
    expect(harness.queue.map((m) => protocol.procChange.decode(m.bytes).pid)).toEqual([5, 6]);
    expect(harness.works).toEqual([]);
  });

  it("after finalize there are no more events, and the leave comes with the close", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    expect(client.request(protocol.encodeBareRequest(REQUEST_ID.finalize))).toBe(OK);
    harness.remote(2, RING_FN.procJoin, "g", 7, REASON.join);
    expect(client.events).toHaveLength(1);
    client.close();
    expect(harness.queue.map((m) => m.fn)).toEqual([RING_FN.procLeave]);
  });

  it("a request without room is put off and changes nothing", () => {
    const harness = new EngineHarness();
    harness.room = false;
    const client = harness.client(5);
    expect(client.join("g")).toBe("later");
    expect(client.leave("g")).toBe(NOT_EXIST);
    harness.room = true;
    expect(client.join("g")).toBe(OK);
    harness.flush();
    harness.room = false;
    expect(client.leave("g")).toBe("later");
    expect(client.mcast(nameBytes("x"))).toBe("later");
    expect(client.partial(PARTIAL_TYPE.first, 1, nameBytes("x"))).toBe("later");
    harness.room = true;
    expect(client.leave("g")).toBe(OK);
  });
});

describe("messages", () => {
  it("carry the declared layouts on the ring and to clients, at every size", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "group");
    for (const size of [0, 1, 47, 48, 49, 500, protocol.MAX_ATOMIC_MESSAGE_BYTES]) {
      const data = Uint8Array.from({ length: size }, (_, i) => i & 0xff);
      expect(client.mcast(data)).toBeNull();
      const sent = harness.queue[0]!.bytes;
      const common = { name: nameBytes("group"), messageLength: size, pid: 5 };
      expect(protocol.mcastHeader.decode(sent)).toEqual({ ...common, sourceNodeId: 1 });
      harness.flush();
      const event = client.events.at(-1)!.copy();
      expect(protocol.deliverHeader.decode(event)).toEqual({ ...common, nodeId: 1 });
      const expected = protocol.deliverHeader.encode({ ...common, nodeId: 1 }, size);
      expected.set(data, 184);
      expect(Buffer.compare(event.subarray(24), expected.subarray(24))).toBe(0);
    }
  });

  it("fragments too, and a change of the group ends them (4.8)", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    const data = nameBytes("fragment");
    expect(client.partial(PARTIAL_TYPE.first, 20, data)).toBe(OK);
    harness.flush();
    const event = client.events.at(-1)!.copy();
    const fields = { name: nameBytes("g"), messageLength: 20, fragmentLength: 8, nodeId: 1, pid: 5, type: 1 };
    const expected = protocol.partialDeliverHeader.encode(fields, 8);
    expected.set(data, 200);
    expect(event.subarray(24)).toEqual(expected.subarray(24));
    expect(client.partial(PARTIAL_TYPE.continued, 20, data)).toBe(OK);
    harness.remote(2, RING_FN.procJoin, "g", 7, REASON.join);
    expect(client.partial(PARTIAL_TYPE.last, 20, data)).toBe(INTERRUPT);
    expect(client.partial(PARTIAL_TYPE.first, 20, data)).toBe(OK);
    expect(client.partial(PARTIAL_TYPE.last, 20, data)).toBe(OK);
    expect(client.partial(4, 20, data)).toBe(INVALID_PARAM);
    expect(client.response().id).toBe(protocol.RESPONSE_ID.partialSend);
  });

  it("of a node without a process in the group are not delivered", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    const fields = { name: nameBytes("g"), messageLength: 0, pid: 9, sourceNodeId: 2 };
    harness.deliver(2, RING_FN.mcast, protocol.mcastHeader.encode(fields));
    expect(client.events).toHaveLength(1);
    expect(harness.log.at(-1)).toContain("Unknown node 2 -> we will not deliver message");
    harness.remote(2, RING_FN.procJoin, "g", 1, REASON.join); // the check is per node, not per process
    harness.deliver(2, RING_FN.mcast, protocol.mcastHeader.encode(fields));
    expect(client.lastEvent()).toBe("event 5 of 184");
  });

  it("that claim more than they hold, or are too long, are dropped", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    client.mcast(nameBytes("abc"), 4);
    client.mcast(nameBytes("abc"), 0xffffffff);
    client.mcast(new Uint8Array(protocol.MAX_ATOMIC_MESSAGE_BYTES + 1));
    expect(harness.queue).toEqual([]);
    expect(harness.log).toHaveLength(3);
    const lie = protocol.mcastHeader.encode(
      { name: nameBytes("g"), messageLength: 1, pid: 5, sourceNodeId: 1 },
      0,
    );
    harness.deliver(1, RING_FN.mcast, lie);
    expect(client.events).toHaveLength(1);
  });

  it("reach the right groups, however the names collide", () => {
    const harness = new EngineHarness();
    const clients = new Map<string, EngineClient>();
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), fc.nat(255), (group, byte) => {
        const pid = clients.size + 1;
        if (!clients.has(group)) clients.set(group, joined(harness, pid, group));
        const client = clients.get(group)!;
        const before = [...clients.values()].reduce((sum, c) => sum + c.events.length, 0);
        const own = client.events.length;
        client.mcast(Uint8Array.of(byte));
        harness.flush();
        expect(client.events.length).toBe(own + 1);
        expect([...clients.values()].reduce((sum, c) => sum + c.events.length, 0)).toBe(before + 1);
      }),
    );
  });
});

describe("questions", () => {
  /** The recorded iteration: (1,p1,g1) (1,p2,g1) (1,p3,g2) (1,p4,a) (2,q1,g1) (2,q2,g1) (2,q3,g2). */
  function populated(): EngineHarness {
    const harness = new EngineHarness();
    const groups: [number, string][] = [
      [11, "g1"],
      [12, "g1"],
      [13, "g2"],
      [14, "a"],
    ];
    for (const [pid, group] of groups) joined(harness, pid, group);
    const remote: [string, number][] = [
      ["g1", 22],
      ["g1", 21],
      ["g2", 23],
    ];
    for (const [group, pid] of remote) harness.remote(2, RING_FN.procJoin, group, pid, REASON.join);
    return harness;
  }

  function iterate(client: EngineClient, type: number, group = ""): string[] {
    const fields = { name: nameBytes(group), type };
    const layout = protocol.iterationInitializeName;
    expect(client.request(protocol.encodeRequest(REQUEST_ID.iterationInitialize, layout, fields))).toBe(OK);
    const { handle } = protocol.iterationInitializeResponse.decode(client.responses.at(-1)!.copy());
    const step = (id: number) => protocol.encodeRequest(id, protocol.iterationRequest, { handle });
    const entries: string[] = [];
    while (client.request(step(REQUEST_ID.iterationNext)) === OK) {
      const next = protocol.iterationNextResponse.decode(client.responses.at(-1)!.copy());
      entries.push(`${Buffer.from(next.name)} ${next.nodeId} ${next.pid}`);
    }
    expect(client.response().error).toBe(NO_SECTIONS);
    expect(client.request(step(REQUEST_ID.iterationFinalize))).toBe(OK);
    expect(client.request(step(REQUEST_ID.iterationNext))).toBe(2);
    return entries;
  }

  it("iterate in C's order", () => {
    const client = populated().client(99);
    expect(iterate(client, protocol.ITERATION_TYPE.all)).toEqual([
      "a 1 14",
      "g2 1 13",
      "g2 2 23",
      "g1 1 11",
      "g1 2 22",
      "g1 2 21",
      "g1 1 12",
    ]);
    expect(iterate(client, protocol.ITERATION_TYPE.nameOnly)).toEqual(["a 0 0", "g2 0 0", "g1 0 0"]);
    expect(iterate(client, protocol.ITERATION_TYPE.oneGroup, "g1")).toEqual([
      "g1 1 11",
      "g1 2 22",
      "g1 2 21",
      "g1 1 12",
    ]);
    expect(iterate(client, protocol.ITERATION_TYPE.oneGroup, "unknown")).toEqual([]);
  });

  it("name the members of any group by node and pid", () => {
    const client = populated().client(99);
    const ask = (group: string) => {
      const layout = protocol.membershipGetRequest;
      const request = protocol.encodeRequest(REQUEST_ID.membershipGet, layout, { name: nameBytes(group) });
      expect(client.request(request)).toBe(OK);
      return protocol.decodeMembership(client.responses.at(-1)!.copy()).map((m) => [m.nodeId, m.pid]);
    };
    expect(ask("g1")).toEqual([
      [1, 11],
      [1, 12],
      [2, 21],
      [2, 22],
    ]);
    expect(ask("nobody's")).toEqual([]);
  });

  it("refuse zero copy, unknown iterations and too many open ones", () => {
    const client = new EngineHarness().client(1);
    for (const id of [REQUEST_ID.zcAlloc, REQUEST_ID.zcFree, REQUEST_ID.zcExecute]) {
      expect(client.request(requestHeader.encode({ id, size: 16 }))).toBe(NOT_SUPPORTED);
      expect(client.response().id).toBe(14);
    }
    const open = (type: number) =>
      client.request(
        protocol.encodeRequest(REQUEST_ID.iterationInitialize, protocol.iterationInitializeRequest, { type }),
      );
    expect(open(7)).toBe(INVALID_PARAM);
    for (let i = 0; i < 64; i++) expect(open(protocol.ITERATION_TYPE.all)).toBe(OK);
    expect(open(protocol.ITERATION_TYPE.all)).toBe(18);
  });
});

describe("bad input", () => {
  it("of clients is answered or dropped, never thrown", () => {
    const harness = new EngineHarness();
    const client = joined(harness, 5, "g");
    fc.assert(
      fc.property(fc.nat(12), fc.uint8Array({ minLength: 16, maxLength: 260 }), (id, bytes) => {
        requestHeader.encodeInto({ id, size: bytes.length }, bytes.subarray(0, 16));
        const other = harness.client(6);
        other.request(bytes);
        client.request(bytes);
        other.close();
      }),
    );
  });

  it("of peers is dropped, never thrown", () => {
    const harness = new EngineHarness();
    joined(harness, 5, "g");
    const seed = protocol.procChange.encode({ name: nameBytes("g"), pid: 5, reason: 1 });
    fc.assert(
      fc.property(fc.nat(6), fc.uint8Array({ maxLength: 260 }), fc.nat(168), (fn, bytes, cut) => {
        harness.deliver(1, fn, bytes);
        harness.deliver(1, fn, seed.subarray(0, cut));
      }),
    );
    expect(harness.log.length).toBeGreaterThan(0);
  });

  it("events never list more than 128 entries, which is all that libcpg has room for", () => {
    const harness = new EngineHarness(CPG_BEHAVIOUR);
    const client = joined(harness, 5, "g");
    for (let pid = 1; pid <= 300; pid++) harness.remote(2, RING_FN.procJoin, "g", pid, REASON.join);
    const before = client.events.length;
    const sync = harness.engine.sync!;
    sync.init({ transitional: [1, 2], members: [1, 2], ringId: { representative: 1, sequence: 4 } });
    sync.activate(); // node 2 lists nobody: 300 zombies, one event each
    expect(client.events.length).toBe(before + 301);
    for (let pid = 1; pid <= 300; pid++) harness.remote(2, RING_FN.procJoin, "g", pid, REASON.join);
    const again = client.events.length;
    sync.init({ transitional: [1], members: [1], ringId: { representative: 1, sequence: 8 } });
    sync.activate();
    const left = client.events
      .slice(again, -1)
      .map((event) => protocol.decodeConfchg(event.copy()).left.length);
    expect(left).toEqual([128, 128, 44]);
    expect(client.lastEvent()).toBe("totem 1");
  });
});
