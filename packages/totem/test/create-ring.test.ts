import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createMemoryNetwork, createRing, type JoinedRing, type RingEvent } from "../src/index.ts";

const rings: JoinedRing[] = [];
afterEach(async () => {
  for (const ring of rings.splice(0)) await ring.close();
});

const settings = { tokenTimeoutMs: 300, consensusMs: 360, joinMs: 30, mergeMs: 50 };

async function openRings(count: number, options: { maxQueuedBytes?: number } = {}): Promise<JoinedRing[]> {
  const { transport } = createMemoryNetwork();
  const members = Array.from({ length: count }, (_, i) => ({ nodeId: i + 1, address: "" }));
  const opened = await Promise.all(
    members.map(({ nodeId }) => createRing({ nodeId, members, transport, settings, ...options })),
  );
  rings.push(...opened);
  await until(() => opened.every((ring) => ring.members.length === count), `a ring of ${count}`);
  return opened;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what} did not come true`);
    await sleep(2);
  }
}

/** Collects what a ring yields, in one line an event. */
function record(ring: JoinedRing): string[] {
  const seen: string[] = [];
  ring.on("message", ({ nodeId, data }) =>
    seen.push(`${nodeId}:${Buffer.from(data.subarray(0, 16))}:${data.length}`),
  );
  ring.on("membership", ({ members, ringId }) => seen.push(`[${members}] ${ringId.sequence}`));
  return seen;
}

const text = (value: string, length = value.length): Uint8Array => Buffer.from(value.padEnd(length, "."));

describe("createRing", () => {
  it("gives all members one order of messages of all lengths", async () => {
    const opened = await openRings(3);
    const seen = opened.map(record);
    const messages = (i: number): string[] => seen[i]!.filter((line) => !line.startsWith("["));
    for (let i = 0; i < 100; i++)
      await Promise.all(opened.map((ring) => ring.multicast(text(`m${i} `, 8 + i * 300))));
    await until(() => messages(0).length === 300 && messages(1).length === 300, "delivery");
    await until(() => messages(2).length === 300, "delivery");
    expect(messages(1)).toEqual(messages(0));
    expect(messages(2)).toEqual(messages(0));
  });

  it("sends a half-sent message anew, so that who joins gets it too (spec totem 19, M8)", async () => {
    const opened = await openRings(3);
    for (const id of [0, 1]) opened[id]!.block([3]);
    opened[2]!.block([1, 2]);
    await until(() => opened[0]!.members.length === 2 && opened[2]!.members.length === 1, "a partition");
    const seen = opened.map(record);
    const long = 1_000_000;
    for (let i = 0; i < 3; i++) await opened[0]!.multicast(text(`before ${i}`, long));
    await sleep(2);
    for (const ring of opened) ring.block([]);
    await until(() => opened.every((ring) => ring.members.length === 3), "a merge");
    await opened[0]!.multicast(text("after"));
    await until(() => seen.every((lines) => lines.at(-1) === "1:after:5"), "delivery");
    const sinceMerge = seen.map((lines) => lines.slice(lines.findLastIndex((line) => line.startsWith("["))));
    expect(sinceMerge[1]).toEqual(sinceMerge[0]);
    expect(sinceMerge[2]).toEqual(sinceMerge[0]);
    expect(seen[0]!.filter((line) => line.includes("before")).length).toBe(3);
  });

  it("begins with the membership, iterates until left, and can be iterated once more", async () => {
    const [ring] = await openRings(1);
    const first: RingEvent[] = [];
    for await (const event of ring!) {
      first.push(event);
      break;
    }
    expect(first).toMatchObject([{ type: "membership", members: [1], joined: [1], left: [] }]);
    expect(ring!.tryMulticast(text("x"))).toBe(true);
    const rest: RingEvent[] = [];
    for await (const event of ring!) {
      rest.push(event);
      await ring!.leave();
    }
    expect(rest).toMatchObject([{ type: "message", nodeId: 1 }]);
    await expect(ring!.multicast(text("y"))).rejects.toThrow("CS_ERR_BAD_HANDLE");
    expect(await ring!.closed).toBe(null);
  });

  it("waits while the queue is critical; an aborted wait sends nothing", async () => {
    const [ring] = await openRings(1);
    const sizes: number[] = [];
    ring!.on("message", ({ data }) => sizes.push(data.length));
    let queued = 0;
    while (ring!.tryMulticast(new Uint8Array(100_000))) queued++;
    expect(queued).toBe(32);
    const abort = new AbortController();
    const aborted = ring!.multicast(new Uint8Array(1), { signal: abort.signal });
    const waiting = [ring!.multicast(new Uint8Array(2)), ring!.multicast(new Uint8Array(3))];
    abort.abort(new Error("changed my mind"));
    await expect(aborted).rejects.toThrow("changed my mind");
    expect(ring!.tryMulticast(new Uint8Array(4))).toBe(false);
    await Promise.all(waiting);
    await until(() => sizes.length === 34, "delivery");
    expect(sizes.slice(-2)).toEqual([2, 3]);
    await expect(ring!.multicast(new Uint8Array(1_048_577))).rejects.toThrow("CS_ERR_TOO_BIG");
  });

  it("leaves the ring when too much waits, after which the rest can still be taken", async () => {
    const [slow, fast] = await openRings(2, { maxQueuedBytes: 50_000 });
    const seen = record(fast!);
    for (let i = 0; i < 10; i++) await fast!.multicast(new Uint8Array(10_000));
    expect((await slow!.closed)?.code).toBe("CS_ERR_NO_MEMORY");
    await until(() => fast!.members.length === 1, "a ring of one");
    expect(seen.filter((line) => line.startsWith("1:") || line.startsWith("2:")).length).toBe(10);
    let taken = 0;
    const iterate = async (): Promise<void> => {
      for await (const event of slow!) if (event.type === "message") taken++;
    };
    await expect(iterate()).rejects.toThrow("CS_ERR_NO_MEMORY");
    expect(taken).toBe(5);
  });

  it("aborts waits, and refuses what makes no sense", async () => {
    const { transport } = createMemoryNetwork();
    const members = [{ nodeId: 1, address: "" }];
    const abort = new AbortController();
    const opening = createRing({ nodeId: 1, members, transport, signal: abort.signal });
    abort.abort(new Error("too late"));
    await expect(opening).rejects.toThrow("too late");
    await expect(createRing({ nodeId: 2, members, transport })).rejects.toThrow("2 is not among the members");
    const [ring] = await openRings(1);
    const waiting = async (): Promise<void> => {
      for await (const event of ring!.events({ signal: AbortSignal.timeout(20) }))
        expect(event).toBeDefined();
    };
    await expect(waiting()).rejects.toThrow(/timeout/);
    expect(() => ring!.on("message", () => undefined)).toThrow("CS_ERR_INVALID_PARAM");
    const untyped = ring as unknown as {
      on(type: string, listener: () => void): void;
      multicast(data: string): Promise<void>;
    };
    const [other] = (await openRings(1)) as unknown as (typeof untyped)[];
    expect(() => other!.on("messages", () => undefined)).toThrow('a ring has no events "messages"');
    await expect(untyped.multicast("text")).rejects.toThrow("a message is a Uint8Array");
  });

  it.each([Number.NaN, -1, 0, 127, 0.5, Number.POSITIVE_INFINITY, "x"])(
    "refuses %o for maxQueuedBytes",
    async (value) => {
      const { transport } = createMemoryNetwork();
      const members = [{ nodeId: 1, address: "" }];
      const opening = createRing({ nodeId: 1, members, transport, maxQueuedBytes: value as number });
      await expect(opening).rejects.toThrow(RangeError);
      await expect(opening).rejects.toThrow(`maxQueuedBytes is ${value}, which is no whole number`);
    },
  );

  it("lets one iteration at a time wait for the next event", async () => {
    const [ring] = await openRings(1);
    const first = ring!.events();
    expect((await first.next()).value).toMatchObject({ type: "membership" });
    const waiting = first.next();
    await expect(ring!.events().next()).rejects.toThrow(
      "a second iteration while another one waits for the next event: CS_ERR_BUSY",
    );
    await ring!.multicast(text("x"));
    expect((await waiting).value).toMatchObject({ type: "message" });
    await first.return();

    const abort = new AbortController();
    const aborted = ring!.events({ signal: abort.signal }).next();
    abort.abort(new Error("changed my mind"));
    const last = ring!.events().next();
    await expect(aborted).rejects.toThrow("changed my mind");
    await ring!.multicast(text("y"));
    expect((await last).value).toMatchObject({ type: "message" });
  });

  it("leaves at the end of a block", async () => {
    let ended: JoinedRing;
    {
      await using ring = (await openRings(1))[0]!;
      ended = ring;
    }
    expect(await ended.closed).toBe(null);
    expect(() => ended.tryMulticast(text("x"))).toThrow("CS_ERR_BAD_HANDLE");
  });
});
