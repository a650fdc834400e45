import type { ByteSpan } from "@corosync/codec";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectionHandler, RequestOutcome, ServerConnection } from "../src/index.ts";
import { CARRIERS, type CarrierUnderTest } from "./carriers.ts";
import { fillReply, fillRequest, isReply, request } from "./messages.ts";

/** Answers every request with a response of the same length + 8 and the same number. */
class Echo implements ConnectionHandler {
  readonly opened: ServerConnection[] = [];
  readonly closed: ServerConnection[] = [];
  readonly seen: number[] = [];
  refusal = 0;
  onClosed: () => void = () => undefined;

  accept(): number {
    return this.refusal;
  }
  connectionOpened(connection: ServerConnection): void {
    this.opened.push(connection);
  }
  request(connection: ServerConnection, message: ByteSpan): RequestOutcome {
    const number = message.u32(16);
    this.seen.push(number);
    fillReply(connection.respond(message.length + 8), message.i32(0), number);
    return "done";
  }
  connectionClosed(connection: ServerConnection): void {
    this.closed.push(connection);
    this.onClosed();
  }
}

describe.each(CARRIERS)("carrier: $name", (kind) => {
  const open: CarrierUnderTest[] = [];
  const start = async (...args: Parameters<typeof kind.open>): Promise<CarrierUnderTest> => {
    const carrier = await kind.open(...args);
    open.push(carrier);
    return carrier;
  };
  afterEach(async () => {
    for (const carrier of open.splice(0)) await carrier.dispose();
  });

  it("answers requests of all sizes in order, pipelined", async () => {
    const { connect } = await start(new Echo());
    const client = await connect();
    const lengths = [24, 25, 51, 1000, 32_760, 32_768, 65_528, 65_536, 200_000, 1_048_568, 24, 99];
    const answers = await Promise.all(lengths.map((length, n) => client.request(request(3, length, n))));
    answers.forEach((answer, n) => {
      expect(answer.length).toBe(lengths[n]! + 8);
      expect(isReply(answer, n)).toBe(true);
    });
    await client.close();
    expect(await client.closed).toBeNull();
  });

  it("delivers events in order, and what was sent before close", async () => {
    const total = 20_000;
    const handler = new Echo();
    const numbers: number[] = [];
    let done: () => void = () => undefined;
    const allClosed = new Promise<void>((resolve) => {
      handler.onClosed = resolve;
    });
    handler.request = (connection, message) => {
      numbers.push(message.u32(16));
      fillReply(connection.event(64), 1, message.u32(16));
      return "done";
    };
    const { connect } = await start(handler);
    const client = await connect();
    const events: number[] = [];
    const received = new Promise<void>((resolve) => {
      done = resolve;
    });
    client.onEvent = (event) => {
      events.push(event.u32(24));
      if (events.length === total) done();
    };
    for (let n = 0; n < total; n++) {
      const span = client.send(64);
      fillRequest(span.view, span.offset, 2, 64, n);
    }
    await received;
    expect(events).toEqual(Array.from({ length: total }, (_, n) => n));
    for (let n = 0; n < total; n++) {
      const span = client.send(64);
      fillRequest(span.view, span.offset, 2, 64, total + n);
    }
    await client.close();
    await allClosed;
    expect(numbers).toEqual(Array.from({ length: 2 * total }, (_, n) => n));
    expect(handler.closed).toEqual(handler.opened);
  });
});
