import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClientConnection, CsError } from "../src/index.ts";
import { CARRIERS, type CarrierUnderTest, type OpenOptions } from "./carriers.ts";
import { ASK, Echo, POST } from "./echo.ts";
import { fillReply, fillRequest, isReply, range, request } from "./messages.ts";

function post(client: ClientConnection, from: number, to: number, length = 64): void {
  for (let number = from; number < to; number++) {
    const span = client.send(length);
    fillRequest(span.view, span.offset, POST, length, number);
  }
}

/** Resolves with the numbers of the next `count` events. */
function events(client: ClientConnection, count: number): Promise<number[]> {
  return new Promise((resolve) => {
    const numbers: number[] = [];
    client.onEvent = (event) => {
      numbers.push(event.u32(24));
      if (numbers.length === count) resolve(numbers);
    };
  });
}

/** Enough turns of the event loop for what is not awaited to have happened if it ever would. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(CARRIERS)("carrier: $name", (kind) => {
  let echo = new Echo();
  const running: CarrierUnderTest[] = [];
  const lines: string[] = [];
  const start = async (options: OpenOptions = {}): Promise<CarrierUnderTest> => {
    const carrier = await kind.open(echo, {
      log: (level, text) => lines.push(`${level} ${text}`),
      ...options,
    });
    running.push(carrier);
    return carrier;
  };
  beforeEach(() => {
    echo = new Echo();
    lines.length = 0;
  });
  afterEach(async () => {
    for (const carrier of running.splice(0)) await carrier.dispose();
  });

  describe("requests", () => {
    it("are answered in order, whatever their size", async () => {
      const { connect } = await start();
      const client = await connect();
      const lengths = [20, 25, 51, 1000, 32_760, 32_768, 65_528, 65_536, 200_000, 1_048_568, 24, 99];
      const answers = await Promise.all(lengths.map((length, n) => client.request(request(ASK, length, n))));
      answers.forEach((answer, n) => {
        expect(answer.length).toBe(lengths[n]! + 8);
        expect(isReply(answer, n)).toBe(true);
      });
      await client.close();
      expect(await client.closed).toBeNull();
    });

    it("sent before the client closes are handled before it is forgotten", async () => {
      const { connect } = await start();
      const client = await connect();
      post(client, 0, 30_000);
      await client.close();
      expect(echo.taken).toEqual(range(0, 30_000));
      expect(echo.closed).toEqual(echo.opened);
      expect(echo.closed[0]!.open).toBe(false);
      expect(lines).toEqual([]);
    });

    it("out of bounds are refused where they are made", async () => {
      const { connect } = await start({ limits: { maxMessageBytes: 20_000 } });
      const client = await connect();
      expect(client.maxMessageBytes).toBe(20_000);
      expect(() => client.send(20_001)).toThrow(/CS_ERR_TOO_BIG/);
      expect(() => client.send(15)).toThrow(/CS_ERR_INVALID_PARAM/);
      await expect(client.request(new Uint8Array(20_001))).rejects.toThrow(/CS_ERR_TOO_BIG/);
      expect(isReply(await client.request(request(ASK, 19_992, 5)), 5)).toBe(true);
    });

    it("that a handler fails on cost the client its connection, and nobody else", async () => {
      const { connect } = await start();
      echo.before = (_, message) => {
        if (message.u32(16) === 13) throw new Error("unlucky");
        return "done";
      };
      const [client, other] = [await connect(), await connect()];
      await expect(client.request(request(ASK, 24, 13))).rejects.toMatchObject({ code: "CS_ERR_LIBRARY" });
      expect(await client.closed).toBeInstanceOf(CsError);
      expect(isReply(await other.request(request(ASK, 24, 14)), 14)).toBe(true);
      expect(echo.closed).toEqual([echo.opened[0]]);
      expect(lines).toEqual([expect.stringMatching(/^warning ipc .*client \d+ disconnected: unlucky$/)]);
    });
  });

  describe("flow control", () => {
    it("keeps a request that is put off, and its followers, until resume", async () => {
      const { connect, server } = await start();
      const client = await connect();
      let room = 3;
      echo.before = () => (room-- > 0 ? "done" : "later");
      post(client, 0, 2000);
      await echo.until(() => room < 0);
      await someTurns();
      expect(echo.taken).toEqual([0, 1, 2]);
      room = 2;
      server.resume();
      await echo.until(() => room < 0);
      expect(echo.taken).toEqual(range(0, 5));
      room = Number.POSITIVE_INFINITY;
      server.resume();
      await echo.until(() => echo.taken.length === 2000);
      expect(echo.taken).toEqual(range(0, 2000));
    });

    it("stops everyone while the word is not 0, and tells the clients", async () => {
      const { connect, server } = await start();
      const [client, other] = [await connect(), await connect()];
      await client.request(request(ASK, 24, 0));
      server.setFlowControl(2);
      post(client, 1, 500);
      const answer = other.request(request(ASK, 24, 500));
      const late = await connect();
      await someTurns();
      expect(echo.taken).toEqual([0]);
      expect([client.flowControl, other.flowControl, late.flowControl]).toEqual([2, 2, 2]);
      server.setFlowControl(0);
      expect(isReply(await answer, 500)).toBe(true);
      await echo.until(() => echo.taken.length === 501);
      expect(echo.taken.filter((number) => number < 500)).toEqual(range(0, 500));
      expect(client.flowControl).toBe(0);
    });

    it("drains what a client left behind when the word is 0 again", async () => {
      const { connect, server } = await start();
      const client = await connect();
      await client.request(request(ASK, 24, 0));
      server.setFlowControl(1);
      post(client, 1, 300);
      const closing = client.close();
      await someTurns();
      expect(echo.closed).toEqual([]);
      server.setFlowControl(0);
      await closing;
      expect(echo.taken).toEqual(range(0, 300));
      expect(echo.closed.length).toBe(1);
    });

    it("lets no client take a whole turn", async () => {
      const { connect } = await start({ limits: { requestsPerTurn: 10 } });
      const [greedy, modest] = [await connect(), await connect()];
      post(greedy, 0, 20_000);
      await echo.until(() => echo.taken.length > 0);
      expect(isReply(await modest.request(request(ASK, 24, 1_000_000)), 1_000_000)).toBe(true);
      expect(echo.taken.length).toBeLessThan(20_000);
      await echo.until(() => echo.taken.length === 20_001);
    });
  });

  describe("events", () => {
    it("come in order and complete", async () => {
      const { connect } = await start();
      echo.before = (connection, message) => {
        const number = message.u32(16);
        fillReply(connection.event(number % 100 === 0 ? 50_000 : 64), 9, number);
        return "done";
      };
      const client = await connect();
      const received = events(client, 10_000);
      post(client, 0, 10_000);
      expect(await received).toEqual(range(0, 10_000));
    });

    it("wait while the client pauses, but responses do not", async () => {
      const { connect } = await start();
      const client = await connect();
      await client.request(request(ASK, 24, 0));
      const numbers: number[] = [];
      const received = new Promise<void>((resolve) => {
        client.onEvent = (event) => {
          numbers.push(event.u32(24));
          if (numbers.length === 500) resolve();
        };
      });
      client.pause();
      for (const number of range(0, 250)) fillReply(echo.opened[0]!.event(4000), 9, number);
      await someTurns();
      const answer = client.request(request(ASK, 24, 1));
      expect(isReply(await answer, 1)).toBe(true);
      for (const number of range(250, 500)) fillReply(echo.opened[0]!.event(4000), 9, number);
      await someTurns();
      expect(numbers).toEqual([]);
      client.resume();
      await received;
      expect(numbers).toEqual(range(0, 500));
    });

    it("that a client does not take end its connection, at the bound", async () => {
      const { connect } = await start({ limits: { queuedBytes: 8 * 1024 * 1024 } });
      const [client, other] = [await connect(), await connect()];
      await client.request(request(ASK, 24, 0));
      client.pause();
      const connection = echo.opened[0]!;
      let handedOut = 0;
      while (connection.open && handedOut < 100) {
        fillReply(connection.event(1_000_000), 9, handedOut++);
        if (handedOut % 8 === 0) await someTurns();
      }
      expect(handedOut).toBeLessThan(16);
      fillReply(connection.event(100), 9, 0);
      await echo.until(() => echo.closed.length === 1);
      expect(lines).toEqual([
        expect.stringMatching(/does not read: \d+ bytes would wait, the limit is 8388608/),
      ]);
      expect(isReply(await other.request(request(ASK, 24, 7)), 7)).toBe(true);
      client.resume();
      expect(await client.closed).toBeInstanceOf(CsError);
    });

    it("handlers that throw close the connection with their error", async () => {
      const { connect } = await start();
      const client = await connect();
      await client.request(request(ASK, 24, 0));
      client.onEvent = () => {
        throw new Error("cannot take it");
      };
      fillReply(echo.opened[0]!.event(100), 9, 0);
      expect(await client.closed).toMatchObject({ cause: { message: "cannot take it" } });
      await echo.until(() => echo.closed.length === 1);
    });
  });

  describe("connections", () => {
    it.each([
      [-11, "CS_ERR_TRY_AGAIN"],
      [-13, "CS_ERR_ACCESS"],
      [-38, "CS_ERR_NOT_SUPPORTED"],
    ])("that the handler refuses with %i fail with %s", async (errno, code) => {
      const { connect } = await start();
      echo.verdict = errno;
      await expect(connect()).rejects.toMatchObject({ name: "CsError", code });
      expect(echo.opened).toEqual([]);
      echo.verdict = 0;
      await (await connect()).close();
    });

    it("have ids of their own", async () => {
      const { connect } = await start();
      await Promise.all(range(0, 20).map(() => connect()));
      expect(new Set(echo.opened.map(({ id }) => id)).size).toBe(20);
    });

    it("that the service closes still get what was gathered for them", async () => {
      const { connect } = await start();
      const client = await connect();
      await client.request(request(ASK, 24, 0));
      const received = events(client, 3000);
      const connection = echo.opened[0]!;
      for (const number of range(0, 3000)) fillReply(connection.event(1000), 9, number);
      connection.close("enough");
      expect(connection.open).toBe(false);
      expect(echo.closed).toEqual([]);
      expect(await received).toEqual(range(0, 3000));
      expect(await client.closed).toMatchObject({ code: "CS_ERR_LIBRARY" });
      expect(echo.closed).toEqual([connection]);
      expect(() => client.send(64)).toThrow(CsError);
      await expect(client.request(request(ASK, 24))).rejects.toThrow(CsError);
      await expect(client.drained()).rejects.toThrow(CsError);
    });

    it("end for requests and drains that wait, when the server goes", async () => {
      const { connect, server } = await start({ clientLimits: { lowWaterBytes: 0 } });
      const client = await connect();
      await client.request(request(ASK, 24, 0));
      server.setFlowControl(1);
      post(client, 1, 200, 100_000);
      const drained = client.drained();
      const answer = client.request(request(ASK, 24, 1));
      const lost = Promise.all([
        expect(drained).rejects.toBeInstanceOf(CsError),
        expect(answer).rejects.toBeInstanceOf(CsError),
      ]);
      await server.close();
      await lost;
      expect(echo.closed).toEqual(echo.opened);
      await expect(connect()).rejects.toBeInstanceOf(CsError);
    });

    it("above the limit are turned away", async () => {
      const { connect } = await start({ limits: { connections: 2 } });
      const first = await connect();
      await connect();
      await expect(connect()).rejects.toMatchObject({ code: "CS_ERR_LIBRARY" });
      expect(lines).toEqual([expect.stringMatching(/connection refused: there are 2 already/)]);
      await first.close();
      await someTurns();
      await (await connect()).close();
    });
  });

  it("shows the client what is pending, and when it has drained", async () => {
    const { connect, server } = await start({ clientLimits: { pendingBytes: 30_000_000 } });
    const client = await connect();
    await client.request(request(ASK, 24, 0));
    await client.drained();
    server.setFlowControl(1);
    post(client, 1, 201, 100_000);
    expect(client.pendingBytes).toBe(200 * 100_008);
    expect(() => post(client, 201, 400, 100_000)).toThrow(/CS_ERR_TRY_AGAIN/);
    let drained = false;
    const draining = client.drained().then(() => {
      drained = true;
    });
    await someTurns();
    expect(drained).toBe(false);
    server.setFlowControl(0);
    await draining;
    expect(client.pendingBytes).toBeLessThanOrEqual(256 * 1024);
  });
});
