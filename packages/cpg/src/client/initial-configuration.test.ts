import { ByteSpan } from "@corosync/codec";
import type { ClientConnection } from "@corosync/ipc";
import { responseHeader } from "@corosync/service";
import { describe, expect, it } from "vitest";
import { confchgLength, totemConfchgLength, writeConfchg, writeTotemConfchg } from "../protocol/events.ts";
import { EVENT_ID, REASON } from "../protocol/message-ids.ts";
import type { CpgEvent } from "./cpg-event.ts";
import { CpgGroup, type CpgGroupOptions } from "./cpg-group.ts";

const NAME = new TextEncoder().encode("orders");
const SELF = { nodeId: 2, pid: 77, reason: REASON.join };

/** A group of node 2 and the way to have it receive events. */
function group(options: CpgGroupOptions = {}) {
  const connection: ClientConnection = {
    maxMessageBytes: 1_000_000,
    flowControl: 0,
    request: () => new Promise(() => undefined),
    send: (length) => new ByteSpan(new Uint8Array(length)),
    pendingBytes: 0,
    drained: () => Promise.resolve(),
    onEvent: null,
    pause: () => undefined,
    resume: () => undefined,
    closed: new Promise(() => undefined),
    close: () => Promise.resolve(),
  };
  const events: string[] = [];
  const note = (event: Exclude<CpgEvent, { type: "message" }>) =>
    events.push(event.type === "membership" ? "join" : `ring ${event.ringId.sequence}`);
  new CpgGroup(
    connection,
    { name: NAME, nodeId: SELF.nodeId, pid: SELF.pid },
    { ...options, receiver: { message: () => undefined, membership: note, configuration: note } },
  );
  const take = (bytes: Uint8Array, id: number) => {
    responseHeader.encodeInto({ id, size: bytes.length, error: 1 }, bytes);
    connection.onEvent?.(new ByteSpan(bytes));
  };
  return {
    events,
    ring: (sequence: number) => {
      const bytes = new Uint8Array(totemConfchgLength(2));
      writeTotemConfchg(bytes, { ringId: { representative: 1, sequence }, members: [1, 2] });
      take(bytes, EVENT_ID.totemConfchg);
    },
    join: () => {
      const change = { name: NAME, members: [SELF], left: [], joined: [SELF] };
      const bytes = new Uint8Array(confchgLength(change));
      writeConfchg(bytes, change);
      take(bytes, EVENT_ID.confchg);
    },
  };
}

describe("the initial configuration", () => {
  it("follows the own join when the executive sends it then", () => {
    const { events, ring, join } = group();
    join();
    ring(5);
    expect(events).toEqual(["join", "ring 5"]);
  });

  it("follows the own join when the ring changed while the join was under way", () => {
    const { events, ring, join } = group();
    ring(5);
    ring(9);
    join();
    expect(events).toEqual(["join", "ring 9"]);
    ring(13);
    expect(events).toEqual(["join", "ring 9", "ring 13"]);
  });

  it("comes once when the executive sends it before and after the join", () => {
    const { events, ring, join } = group();
    ring(5);
    join();
    ring(5);
    ring(9);
    expect(events).toEqual(["join", "ring 5", "ring 9"]);
  });

  it("is left out when it is not wanted", () => {
    const { events, ring, join } = group({ initialConfiguration: false });
    ring(5);
    join();
    ring(9);
    expect(events).toEqual(["join", "ring 9"]);
  });
});
