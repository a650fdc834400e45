import { readFileSync } from "node:fs";
import { ByteSpan } from "@corosync/codec";
import type { SyncCallbacks } from "@corosync/service";
import type { RingId } from "@corosync/totem";
import { describe, expect, it } from "vitest";
import { SyncEngine } from "./sync-engine.ts";
import { decodeSyncMessage, encodeBarrier, encodeServiceBuild } from "./sync-messages.ts";

interface Recorded {
  ring: { rep: number; seq: number };
  from_node: number;
  hex: string;
  expect: { group: string[]; msg: string; ring_id: { rep: number; seq: number }; service_list: number[] };
}

const SYNC_GROUP_BYTES = 8;
const FILES = [
  "sync-first-single-node.json",
  "sync-node-join.json",
  "sync-node-death.json",
  "sync-partition-merge.json",
  "sync-leave-during-sync.json",
];

function recorded(file: string): Recorded[] {
  const url = new URL(`../test/vectors/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).messages.filter((m: Recorded) => m.expect.group[0] === "sync");
}

const bytesOf = (m: Recorded) => Uint8Array.from(Buffer.from(m.hex, "hex").subarray(SYNC_GROUP_BYTES));
const ringOf = ({ rep, seq }: Recorded["ring"]): RingId => ({ representative: rep, sequence: seq });
const ring = (sequence: number): RingId => ({ representative: 1, sequence });

/** A node's engine, what it multicast and what it called, in order. */
class Harness {
  readonly sent: Uint8Array[] = [];
  readonly calls: string[] = [];
  readonly complaints: string[] = [];
  works: (() => boolean)[] = [];
  room = true;
  readonly engine: SyncEngine;

  constructor(services: readonly number[], process: (id: number) => boolean = () => true) {
    const callbacks = (id: number): SyncCallbacks => ({
      init: ({ transitional, members }) => this.calls.push(`init ${id} trans ${transitional} of ${members}`),
      process: () => {
        this.calls.push(`process ${id}`);
        return process(id);
      },
      activate: () => this.calls.push(`activate ${id}`),
      abort: () => this.calls.push(`abort ${id}`),
    });
    this.engine = new SyncEngine(
      {
        multicast: (message) => {
          if (this.room) this.sent.push(message.copy());
          return this.room;
        },
        afterToken: (work) => this.works.push(work),
        completed: () => this.calls.push("completed"),
        complain: (nodeId, reason) => this.complaints.push(`${nodeId}: ${reason}`),
      },
      new Map(services.map((id) => [id, callbacks(id)])),
    );
  }

  install(members: readonly number[], ringId: RingId, transitional = members): void {
    this.engine.abort();
    this.engine.transitionalConfiguration(transitional);
    this.engine.regularConfiguration(members, ringId);
  }

  token(): void {
    const works = this.works;
    this.works = [];
    this.works.push(...works.filter((work) => !work()));
  }

  deliver(nodeId: number, message: Uint8Array): void {
    this.engine.deliver(nodeId, new ByteSpan(message));
  }

  deliverAll(nodes: readonly number[], message: Uint8Array): void {
    for (const node of nodes) this.deliver(node, message);
  }
}

describe("messages recorded from C nodes", () => {
  it("decode, and encode to the same bytes", () => {
    const messages = FILES.flatMap(recorded);
    expect(messages.length).toBeGreaterThan(40);
    for (const message of messages) {
      const bytes = bytesOf(message);
      const ringId = ringOf(message.expect.ring_id);
      const { msg, service_list: services } = message.expect;
      if (msg === "barrier") {
        expect(decodeSyncMessage(new ByteSpan(bytes))).toEqual({ kind: "barrier", ringId });
        expect(encodeBarrier(ringId)).toEqual(bytes);
      } else {
        expect(decodeSyncMessage(new ByteSpan(bytes))).toEqual({ kind: "serviceBuild", ringId, services });
        expect(encodeServiceBuild(ringId, services)).toEqual(bytes);
      }
    }
  });

  for (const file of ["sync-node-join.json", "sync-node-death.json", "sync-leave-during-sync.json"]) {
    const all = recorded(file);
    const last = all.at(-1)!.ring;
    const messages = all.filter((m) => m.ring.rep === last.rep && m.ring.seq === last.seq);
    const members = [...new Set(messages.map((m) => m.from_node))].sort();
    const replay = (services: readonly number[]) => {
      const harness = new Harness(services);
      harness.install(members, ringOf(last));
      for (const message of messages) {
        harness.token();
        expect(harness.calls).not.toContain("completed");
        harness.deliver(message.from_node, bytesOf(message));
      }
      return harness;
    };
    const own = messages.filter((m) => m.from_node === members[0]).map(bytesOf);

    it(`lead a node with C's services through the same synchronization, ${file}`, () => {
      const harness = replay([0, 2, 3, 5]);
      expect(harness.sent).toEqual(own);
      const rounds = [0, 2, 3, 5].flatMap((id) => [`process ${id}`, `activate ${id}`]);
      expect(harness.calls.slice(4)).toEqual([...rounds, "completed"]);
    });

    it(`lead a node that only has CPG, with barriers for the others' services, ${file}`, () => {
      const harness = replay([2]);
      expect(harness.sent.slice(1)).toEqual(own.slice(1));
      expect(harness.calls.slice(1)).toEqual(["process 2", "activate 2", "completed"]);
    });
  }
});

describe("the synchronization", () => {
  it("repeats a service that is not done, and whatever finds no room", () => {
    let left = 3;
    const harness = new Harness([2], () => --left <= 0);
    harness.room = false;
    harness.install([1], ring(4));
    harness.token();
    expect(harness.sent).toEqual([]);
    harness.room = true;
    harness.token();
    expect(harness.sent).toEqual([encodeServiceBuild(ring(4), [2])]);
    harness.deliver(1, harness.sent[0]!);
    harness.token();
    harness.token();
    harness.room = false;
    harness.token();
    expect(harness.calls.filter((call) => call === "process 2")).toHaveLength(3);
    expect(harness.sent).toHaveLength(1);
    harness.room = true;
    harness.token();
    expect(harness.sent[1]).toEqual(encodeBarrier(ring(4)));
    harness.deliver(1, harness.sent[1]!);
    expect(harness.calls.at(-1)).toBe("completed");
    harness.token();
    expect(harness.works).toEqual([]);
  });

  it("drops messages of another ring, also of one with the same sequence", () => {
    const harness = new Harness([2]);
    harness.install([1, 2], ring(4));
    harness.deliverAll([1, 2], encodeServiceBuild(ring(8), [2]));
    harness.deliverAll([1, 2], encodeServiceBuild({ representative: 2, sequence: 4 }, [2]));
    harness.token();
    expect(harness.calls).not.toContain("process 2");
  });

  it("is aborted by a change, in the process phase and in the barrier phase", () => {
    const harness = new Harness([2]);
    harness.install([1, 2], ring(4));
    harness.deliverAll([1, 2], encodeServiceBuild(ring(4), [2]));
    harness.install([1, 2], ring(8));
    expect(harness.calls).toContain("abort 2");
    harness.token();
    expect(harness.calls).not.toContain("process 2");
    harness.deliverAll([1, 2], encodeServiceBuild(ring(8), [2]));
    harness.token();
    harness.deliver(1, encodeBarrier(ring(8)));
    harness.install([1], ring(12));
    expect(harness.calls.filter((call) => call === "abort 2")).toHaveLength(2);
    harness.deliver(2, encodeBarrier(ring(8)));
    expect(harness.calls).not.toContain("activate 2");
  });

  it("names as transitional only who came along through every change since the last activation", () => {
    const harness = new Harness([2]);
    harness.install([1, 2], ring(4));
    harness.install([1, 2, 3], ring(8), [1, 2]);
    harness.install([1], ring(12), [1]);
    harness.install([1, 2], ring(16), [1]);
    harness.install([1, 2], ring(20), [1, 2]);
    expect(harness.calls.filter((call) => call.startsWith("init"))).toEqual([
      "init 2 trans 1,2 of 1,2",
      "init 2 trans 1,2 of 1,2,3",
      "init 2 trans 1 of 1",
      "init 2 trans 1 of 1,2",
      "init 2 trans 1 of 1,2", // C would say 1,2: node 2 was away
    ]);
    harness.deliverAll([1, 2], encodeServiceBuild(ring(20), []));
    harness.token();
    harness.deliverAll([1, 2], encodeBarrier(ring(20)));
    expect(harness.calls.at(-1)).toBe("completed");
    harness.install([1, 2], ring(24), [1, 2]);
    expect(harness.calls.at(-1)).toBe("init 2 trans 1,2 of 1,2");
  });

  it("asks a service that was activated only who came along since, although those after it were given up", () => {
    const harness = new Harness([2, 3]);
    harness.install([1, 2], ring(4), [1]);
    harness.deliverAll([1, 2], encodeServiceBuild(ring(4), [2, 3]));
    harness.token();
    harness.deliverAll([1, 2], encodeBarrier(ring(4)));
    harness.token();
    expect(harness.calls.slice(-2)).toEqual(["activate 2", "process 3"]);
    harness.install([1, 2], ring(8), [1, 2]);
    expect(harness.calls.slice(-3)).toEqual(["abort 3", "init 2 trans 1,2 of 1,2", "init 3 trans 1 of 1,2"]);
  });

  it("completes at once when nobody has a service", () => {
    const harness = new Harness([]);
    harness.install([1], ring(4));
    harness.deliver(1, harness.sent[0]!);
    expect(harness.calls).toEqual(["completed"]);
  });

  it("survives messages that make no sense", () => {
    const harness = new Harness([2]);
    harness.install([1, 2], ring(4));
    const build = encodeServiceBuild(ring(4), [2]);
    for (let length = 0; length < build.length; length += 7) harness.deliver(2, build.subarray(0, length));
    const count = build.slice();
    new DataView(count.buffer).setInt32(32, 129, true);
    harness.deliver(2, count);
    new DataView(count.buffer).setInt32(32, -1, true);
    harness.deliver(2, count);
    harness.deliver(
      2,
      encodeServiceBuild(
        ring(4),
        Array.from({ length: 100 }, (_, i) => i),
      ),
    );
    const other = build.slice();
    other[0] = 9;
    harness.deliver(2, other);
    expect(harness.complaints.length).toBeGreaterThan(4);
    harness.deliver(7, build); // not a member
    harness.deliver(1, build);
    harness.token();
    expect(harness.calls).not.toContain("process 2");
    harness.deliver(2, build);
    harness.token();
    expect(harness.calls).toContain("process 2");
  });
});
