import { describe, expect, it } from "vitest";
import { type ClientConnection, memoryCarrier } from "../src/index.ts";
import { ASK, Echo } from "./echo.ts";
import { ManualLoop } from "./manual-loop.ts";
import { fillReply, range, request } from "./messages.ts";

/** Lets promises settle, which an injected loop does not run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

async function connected(loop: ManualLoop, connecting: Promise<ClientConnection>): Promise<ClientConnection> {
  loop.run();
  await settle();
  return connecting;
}

describe("memory carrier on an injected loop", () => {
  it("does the same in the same order each time, and nothing outside the loop's turns", async () => {
    const traces: string[][] = [];
    for (let run = 0; run < 2; run++) {
      const loop = new ManualLoop();
      const echo = new Echo();
      const trace: string[] = [];
      let id = 0;
      const carrier = memoryCarrier(echo, { loop, nextConnectionId: () => ++id });
      const clients = [await connected(loop, carrier.connect()), await connected(loop, carrier.connect())];
      echo.before = (connection, message) => {
        trace.push(`request ${message.u32(16)} of ${connection.id}`);
        for (const other of echo.opened) fillReply(other.event(64), 1, message.u32(16));
        return "done";
      };
      for (const [index, client] of clients.entries()) {
        client.onEvent = (event) => trace.push(`event ${event.u32(24)} at ${index}`);
        for (const number of range(0, 20)) void client.request(request(ASK, 24, index * 100 + number));
      }
      expect(trace).toEqual([]);
      loop.run();
      await settle();
      expect(trace.length).toBe(40 + 80);
      traces.push(trace);
    }
    expect(traces[0]).toEqual(traces[1]);
  });

  it("tells the handler the credentials that it was given", async () => {
    const loop = new ManualLoop();
    const echo = new Echo();
    const credentials = { pid: 1, uid: 2, gid: 3 };
    const carrier = memoryCarrier(echo, { loop, credentials });
    await connected(loop, carrier.connect());
    expect(echo.opened[0]!.credentials).toEqual(credentials);
  });

  it("gives a client that waits for a stuck server up in time", async () => {
    const loop = new ManualLoop();
    const echo = new Echo();
    const carrier = memoryCarrier(echo, { loop });
    const client = await connected(loop, carrier.connect());
    carrier.server.setFlowControl(1);
    client.send(64).write(0, request(ASK, 64));
    const closing = client.close();
    loop.run();
    loop.advance(1999);
    expect(echo.closed).toEqual([]);
    loop.advance(1);
    await closing;
    carrier.server.setFlowControl(0);
    loop.run();
    expect(echo.taken).toEqual([0]);
    expect(echo.closed.length).toBe(1);
  });

  it("refuses to connect once the server is closed", async () => {
    const carrier = memoryCarrier(new Echo());
    await carrier.server.close();
    await expect(carrier.connect()).rejects.toMatchObject({ code: "CS_ERR_LIBRARY" });
  });
});
