import { setImmediate as nextTurn } from "node:timers/promises";
import { type ConnectionHandler, memoryCarrier } from "@corosync/ipc";
import { describe, expect, it } from "vitest";

const EVENT_BYTES = 50_000;
const LIMIT_BYTES = 1_000_000;

describe("a client whose requests cause events faster than it reads them", () => {
  it("is slowed down, not disconnected", async () => {
    let handled = 0;
    const handler: ConnectionHandler = {
      accept: () => 0,
      connectionOpened: () => undefined,
      connectionClosed: () => undefined,
      request: (connection) => {
        handled++;
        const event = connection.event(EVENT_BYTES);
        event.setI32(0, 4);
        event.setI32(8, EVENT_BYTES);
        return "done";
      },
    };
    const { connect, server } = memoryCarrier(handler, { limits: { queuedBytes: LIMIT_BYTES } });
    const client = await connect();
    let received = 0;
    client.onEvent = () => received++;
    client.pause();
    for (let i = 0; i < 200; i++) {
      const request = client.send(16);
      request.bytes.fill(0, request.offset, request.offset + 16);
      request.setI32(8, 16);
    }
    for (let turns = 0; turns < 100; turns++) await nextTurn();
    const whilePaused = handled;
    expect(whilePaused).toBeGreaterThan(5);
    expect(whilePaused).toBeLessThan(150);
    client.resume();
    while (received < 200) await nextTurn();
    expect(handled).toBe(200);
    await client.close();
    await server.close();
  });
});
