import { describe, expect, it } from "vitest";
import { mcast, mcastSeq } from "./scripted-packets.ts";
import { ringIn } from "./scripted-ring.ts";

const RING = { representative: 1, sequence: 5 };

describe("reception of mcasts (spec totem 11.1)", () => {
  it("stores a copy of the whole datagram: what comes later in its place changes nothing", () => {
    const packet = mcast(2, RING, 1, "original");
    const ring = ringIn("operational").receive(packet);
    packet.fill(0);
    ring.token({ seq: 1, aru: 0, aruAddr: 3, requests: [1] });
    expect(Buffer.from(ring.mcasts[0]!)).toEqual(Buffer.from(mcast(2, RING, 1, "original")));
  });

  it("ignores duplicates, whatever is in them", () => {
    const ring = ringIn("operational")
      .receive(mcast(2, RING, 1, "first"))
      .receive(mcast(2, RING, 1, "again"));
    expect(ring.trace).toEqual(["deliver first from 2"]);
  });

  it("refuses what exceeds a frame", () => {
    const ring = ringIn("operational").receive(mcast(2, RING, 1, "x".repeat(65_536)));
    expect(ring.malformed).toEqual(["mcast: 65581 bytes exceed 65536"]);
  });

  it("hands up the originator, not who sent the packet again", () => {
    const ring = ringIn("operational").receive(mcast(3, RING, 1, "by 2 for 3"));
    expect(ring.trace).toEqual(["deliver by 2 for 3 from 3"]);
  });
});

describe("own messages (spec totem 11.2)", () => {
  it("are delivered in the visit that sends them, if nothing is missing before them", () => {
    const ring = ringIn("operational");
    ring.waiting.push("own");
    expect(ring.token().trace.at(-1)).toBe("deliver own from 1");
  });

  it("wait for what is missing before them", () => {
    const ring = ringIn("operational");
    ring.waiting.push("own");
    ring.token({ seq: 1, aru: 0, aruAddr: 2 });
    expect(ring.trace).toEqual(["mcast", "orf_token"]);
    ring.receive(mcast(2, RING, 1, "before"));
    expect(ring.trace.slice(2)).toEqual(["deliver before from 2", "deliver own from 1"]);
  });

  it("are there already when their copy comes back", () => {
    const ring = ringIn("operational");
    ring.waiting.push("own");
    ring.token();
    ring.forget().receive(mcast(1, RING, 1, "own"));
    expect(ring.trace).toEqual([]);
  });
});

describe("delivery (spec totem 11.3)", () => {
  it("follows the sequence, and stops at the first hole", () => {
    const ring = ringIn("operational");
    for (const seq of [3, 1, 4]) ring.receive(mcast(2, RING, seq, `m${seq}`));
    expect(ring.trace).toEqual(["deliver m1 from 2"]);
    ring.receive(mcast(3, RING, 2, "m2"));
    expect(ring.trace.slice(1)).toEqual(["deliver m2 from 3", "deliver m3 from 2", "deliver m4 from 2"]);
  });
});

describe("freeing (spec totem 11.4)", () => {
  /** Which of the messages 1 to 3 this node still has: it answers requests for them. */
  const kept = (visits: readonly { aru: number; aruAddr?: number }[], received = [1, 2, 3]): number[] => {
    const ring = ringIn("operational");
    for (const seq of received) ring.receive(mcast(2, RING, seq, "x"));
    for (const { aru, aruAddr = 3 } of visits) ring.token({ seq: 3, aru, aruAddr });
    // A token whose aru is 0 frees nothing more.
    ring.forget().token({ seq: 3, aru: 0, aruAddr: 3, requests: [1, 2, 3] });
    return ring.mcasts.map(mcastSeq);
  };

  it("needs two consecutive tokens that show that everybody has a message", () => {
    expect(kept([])).toEqual([1, 2, 3]);
    expect(kept([{ aru: 2 }])).toEqual([1, 2, 3]);
    expect(kept([{ aru: 2 }, { aru: 2 }])).toEqual([3]);
    expect(kept([{ aru: 1 }, { aru: 3 }])).toEqual([2, 3]);
    expect(kept([{ aru: 3 }, { aru: 1 }])).toEqual([2, 3]);
  });

  it("keeps what was not delivered here", () => {
    expect(kept([{ aru: 3 }, { aru: 3 }], [1, 3])).toEqual([3]);
  });
});
