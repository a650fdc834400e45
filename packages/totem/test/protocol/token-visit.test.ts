import { describe, expect, it } from "vitest";
import { PacketType } from "../../src/wire/header.ts";
import { encodeHoldCancel } from "../../src/wire/hold-cancel.ts";
import { mcast, mcastSeq, readToken } from "./scripted-packets.ts";
import { ringIn, type ScriptedRing } from "./scripted-ring.ts";

const RING = { representative: 1, sequence: 5 };
const lastToken = (ring: ScriptedRing) => readToken(ring.tokens.at(-1)!);

function withWaiting(count: number, settings = {}): ScriptedRing {
  const ring = ringIn("operational", { settings });
  for (let i = 0; i < count; i++) ring.waiting.push(`m${i}`);
  return ring;
}

describe("a token visit (spec totem 10)", () => {
  it("first answers, then multicasts, passes the token, and delivers last", () => {
    const ring = ringIn("operational")
      .receive(mcast(2, RING, 1, "old"))
      .receive(mcast(2, RING, 2, "newer"));
    ring.waiting.push("own");
    ring.forget().token({ seq: 2, aru: 1, aruAddr: 3, requests: [1] });
    expect(ring.trace).toEqual(["mcast", "mcast", "orf_token", "deliver own from 1"]);
    expect(ring.mcasts.map(mcastSeq)).toEqual([1, 3]);
  });

  it("passes the token with token_seq plus one and the own node id", () => {
    const ring = ringIn("operational", { nodeId: 2 }).token({ tokenSeq: 700 });
    expect(lastToken(ring)).toMatchObject({ tokenSeq: 701, sender: 2 });
  });

  it("runs what waits for a token, newest first", () => {
    const ring = ringIn("operational");
    const ran: string[] = [];
    const cancel = ring.ring.onTokenSent(() => ran.push("first"));
    ring.ring.onTokenSent(() => ran.push("second"));
    ring.token();
    cancel();
    ring.token();
    expect(ran).toEqual(["second", "first", "second"]);
  });
});

describe("flow control (spec totem 10.1)", () => {
  it("allows max_messages, and what is left of the window", () => {
    expect(withWaiting(40).token().mcasts).toHaveLength(17);
    expect(withWaiting(40).token({ fcc: 45 }).mcasts).toHaveLength(5);
    expect(withWaiting(40).token({ fcc: 50 }).mcasts).toHaveLength(0);
  });

  it("shares the window by the backlog of the last visit", () => {
    const ring = withWaiting(10, { windowSizePackets: 20, maxMessagesPackets: 5 }).token();
    for (let i = 0; i < 20; i++) ring.waiting.push("more");
    // Backlog of the ring 90 + 25 - 10, of which 10 were this node's: floor(20 x 10 / 105) = 1.
    ring.forget().token({ backlog: 90, fcc: 5 });
    expect(ring.mcasts).toHaveLength(1);
  });

  it("replaces its own share in the token's sums", () => {
    const ring = withWaiting(20).token({ backlog: 7, fcc: 3 });
    expect(lastToken(ring)).toMatchObject({ backlog: 27, fcc: 20 });
    ring.token({ backlog: 27, fcc: 20 });
    expect(lastToken(ring)).toMatchObject({ backlog: 10, fcc: 6 });
  });

  it("counts retransmissions against what is allowed", () => {
    const ring = withWaiting(20, { maxMessagesPackets: 3 });
    for (const seq of [1, 2]) ring.receive(mcast(2, RING, seq, "x"));
    ring.token({ seq: 2, aru: 0, aruAddr: 3, requests: [1, 2] });
    expect(ring.mcasts.map(mcastSeq)).toEqual([1, 2, 3]);
    expect(lastToken(ring).fcc).toBe(3);
  });

  it("sends nothing new when the ring is too far ahead of what is freed (step 11)", () => {
    const ring = withWaiting(1).token({ seq: 16_384 - 50, aru: 0, aruAddr: 3 });
    expect(ring.mcasts).toEqual([]);
  });
});

describe("hold and cancel (spec totem 10.2)", () => {
  const visitsUntilHeld = (nodeId: number): number => {
    const ring = ringIn("operational", { nodeId });
    ring.receive(mcast(3, RING, 1, "x")).token({ seq: 1 });
    for (let visits = 0; ; visits++) {
      if (ring.ring.tokenHeld) return visits;
      ring.token({ seq: 1 });
    }
  };

  it("begins after 30 idle rotations, a rotation later at the representative, which keeps the token", () => {
    expect(visitsUntilHeld(1)).toBe(31);
    expect(visitsUntilHeld(2)).toBe(30);
    const ring = ringIn("operational");
    while (!ring.ring.tokenHeld) ring.token();
    const { tokenSeq } = readToken(ring.forget().pass(685).tokens[0]!);
    // It left with token_seq already counted up.
    expect(tokenSeq % 3).toBe(0);
  });

  it("is cancelled by something to send, with a word to all, this node included, and only once", () => {
    const ring = ringIn("operational", { nodeId: 2 });
    while (!ring.ring.tokenHeld) ring.token();
    ring.forget().ring.wakeHeldToken(ring.nowMs);
    ring.ring.wakeHeldToken(ring.nowMs);
    expect(ring.trace).toEqual(["hold_cancel"]);
    expect(ring.looped).toHaveLength(1);
    expect(Buffer.from(ring.sent[0]!.bytes)).toEqual(Buffer.from(encodeHoldCancel(2, RING)));
  });

  it("says nothing when the token is not held", () => {
    const ring = ringIn("operational");
    ring.ring.wakeHeldToken(ring.nowMs);
    expect(ring.trace).toEqual([]);
  });

  it("of another is answered by the representative with the saved token, whether it holds it or not", () => {
    const ring = ringIn("operational").token().forget().receive(encodeHoldCancel(2, RING));
    expect(ring.trace).toEqual(["orf_token"]);
    expect(ring.pass(868).tokens).toHaveLength(1);
    expect(ring.pass(1).tokens).toHaveLength(2);
  });

  it("ends for a retransmission if cancel_token_hold_on_retransmit is set", () => {
    for (const cancelTokenHoldOnRetransmit of [false, true]) {
      const ring = ringIn("operational", { settings: { cancelTokenHoldOnRetransmit } });
      ring.receive(mcast(2, RING, 1, "x"));
      while (!ring.ring.tokenHeld) ring.token({ seq: 1, aru: 0, aruAddr: 3 });
      ring.forget().token({ seq: 1, aru: 0, aruAddr: 3, requests: [1] });
      expect(ring.tokens).toHaveLength(cancelTokenHoldOnRetransmit ? 1 : 0);
      expect(ring.mcasts).toHaveLength(1);
    }
  });
});

describe("requests for retransmission (spec totem 10.3)", () => {
  it("are answered by whoever has the message, with the stored bytes, and removed", () => {
    const original = mcast(3, RING, 1, "of another");
    const ring = ringIn("operational")
      .receive(original)
      .token({ seq: 1, aru: 0, aruAddr: 2, requests: [1] });
    expect(ring.mcasts.map((bytes) => Buffer.from(bytes))).toEqual([Buffer.from(original)]);
    expect(lastToken(ring).requests).toEqual([]);
    expect(ring.ring.counters.mcast_retx).toBe(1);
  });

  it("stay in order where they cannot be answered, unless nobody ever can: in C those stay too", () => {
    const other = { ringId: { representative: 9, sequence: 1 }, seq: 2 };
    const ring = ringIn("operational").receive(mcast(3, RING, 2, "x"));
    ring.token({ seq: 3, aru: 0, aruAddr: 2, requests: [1, other, 2, 3, 4] });
    expect(ring.mcasts.map(mcastSeq)).toEqual([2]);
    expect(lastToken(ring).requests).toEqual([1, 3]);
  });

  it("are added at the fifth visit that sees the hole, and at every later one", () => {
    const ring = ringIn("operational");
    const requested = Array.from(
      { length: 7 },
      () => lastToken(ring.token({ seq: 1, aru: 0, aruAddr: 1 })).requests,
    );
    expect(requested).toEqual([[], [], [], [], [1], [1], [1]]);
  });

  it("are not added twice, nor beyond 30", () => {
    const ring = ringIn("operational", { settings: { missCountConst: 1 } });
    expect(lastToken(ring.token({ seq: 2, aru: 0, aruAddr: 1, requests: [2] })).requests).toEqual([2, 1]);
    expect(lastToken(ring.token({ seq: 40, aru: 0, aruAddr: 1 })).requests).toHaveLength(30);
  });

  it("count the visits of each hole anew once it is filled", () => {
    const ring = ringIn("operational");
    for (let i = 0; i < 4; i++) ring.token({ seq: 1, aru: 0, aruAddr: 1 });
    ring.receive(mcast(2, RING, 1, "x"));
    for (let i = 0; i < 4; i++)
      expect(lastToken(ring.token({ seq: 2, aru: 0, aruAddr: 1 })).requests).toEqual([]);
    expect(lastToken(ring.token({ seq: 2, aru: 0, aruAddr: 1 })).requests).toEqual([2]);
  });
});

describe("multicasting (spec totem 10.4)", () => {
  it("stamps seq, this_seqno and the ring, keeps the packet, and advances aru", () => {
    const ring = withWaiting(2).token();
    const views = ring.mcasts.map((bytes) => new DataView(bytes.buffer));
    expect(views.map((view) => view.getUint32(17, true))).toEqual([1, 2]);
    expect(views.map((view) => view.getInt32(21, true))).toEqual([0, 1]);
    expect(views.every((view) => view.getUint32(25, true) === 1 && view.getUint32(29, true) === 5)).toBe(
      true,
    );
    expect(lastToken(ring)).toMatchObject({ seq: 2, aru: 2, aruAddr: 0 });
    ring.forget().token({ requests: [2], aru: 1, aruAddr: 3 });
    expect(ring.mcasts.map(mcastSeq)).toEqual([2]);
  });

  it("never resets this_seqno", () => {
    const ring = withWaiting(2).token();
    ring.waiting.push("in the next ring");
    ring.agree([1, 2, 3]).recover().install().forget().token();
    expect(new DataView(ring.mcasts[0]!.buffer).getInt32(21, true)).toBe(2);
  });
});

describe("the queue in use (spec totem 10.5)", () => {
  it("in RECOVERY is the retransmit queue: what the application has waits", () => {
    const ring = ringIn("recovery");
    ring.waiting.push("later");
    expect(ring.token().mcasts).toEqual([]);
    expect(lastToken(ring).backlog).toBe(0);
  });
});

describe("the token's aru (spec totem 10.6)", () => {
  it("is lowered by who has less, with its name", () => {
    const ring = ringIn("operational").token({ seq: 5 });
    expect(lastToken(ring)).toMatchObject({ aru: 0, aruAddr: 1 });
  });

  it("is raised only by who lowered it, or by anybody when nobody has", () => {
    const ring = ringIn("operational");
    for (const seq of [1, 2, 3]) ring.receive(mcast(2, RING, seq, "x"));
    expect(lastToken(ring.token({ seq: 4, aru: 1, aruAddr: 3 }))).toMatchObject({ aru: 1, aruAddr: 3 });
    expect(lastToken(ring.token({ seq: 4, aru: 1, aruAddr: 1 }))).toMatchObject({ aru: 3, aruAddr: 1 });
    ring.receive(mcast(2, RING, 4, "x"));
    expect(lastToken(ring.token({ seq: 4, aru: 1, aruAddr: 0 }))).toMatchObject({ aru: 4, aruAddr: 0 });
  });

  it("of the initial token is set by the representative when it returns, by nobody before", () => {
    const second = ringIn("recovery", { nodeId: 2 }).token({ aru: 0xffffffff, aruAddr: 1 });
    expect(lastToken(second)).toMatchObject({ aru: 0xffffffff, aruAddr: 1 });
    const representative = ringIn("recovery").token({ aru: 0xffffffff, aruAddr: 1 });
    expect(lastToken(representative)).toMatchObject({ aru: 0, aruAddr: 0 });
  });
});

describe("no token is passed (spec totem 10, step 17)", () => {
  it("by a representative that holds it, while others always pass theirs", () => {
    for (const nodeId of [1, 2]) {
      const ring = ringIn("operational", { nodeId });
      while (!ring.ring.tokenHeld) ring.token();
      expect(ring.forget().token().ofType(PacketType.orfToken)).toHaveLength(nodeId === 1 ? 0 : 1);
    }
  });
});
