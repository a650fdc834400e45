import { expect } from "vitest";
import { PacketType } from "../../src/wire/header.ts";
import { encodeHoldCancel } from "../../src/wire/hold-cancel.ts";
import { encodeMergeDetect } from "../../src/wire/merge-detect.ts";
import { eventTable } from "./event-table.ts";
import { commitToken, join, mcast, orfToken, readToken } from "./scripted-packets.ts";
import type { ScriptedRing } from "./scripted-ring.ts";

const FOREIGN = { representative: 7, sequence: 99 };

/** Lets the token come round until the ring is idle enough to hold it. */
function idle(ring: ScriptedRing): ScriptedRing {
  for (let i = 0; i < 40 && !ring.ring.tokenHeld; i++) ring.token();
  return ring.forget();
}

eventTable("12.1", "operational", [
  {
    event: "ORF token, own ring, new",
    action: "section 10: multicast, pass the token, deliver",
    next: "same",
    when: (ring) => {
      ring.waiting.push("hello");
      ring.token();
    },
    expected: (ring) => expect(ring.trace).toEqual(["mcast", "orf_token", "deliver hello from 1"]),
  },
  {
    event: "ORF token, own ring, new, this node fails to receive",
    action: "the token is not passed",
    next: "GATHER(6)",
    options: { settings: { failRecvConst: 3 } },
    when: (ring) => {
      for (let i = 0; i < 3; i++) ring.token({ seq: 1, aru: 0, aruAddr: 1 });
      ring.forget().token({ seq: 1, aru: 0, aruAddr: 1 });
    },
    expected: (ring) => expect(ring.trace).toEqual(["join"]),
  },
  {
    event: "ORF token, other ring",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(orfToken({ ringId: FOREIGN, tokenSeq: 1000 })),
  },
  {
    event: "ORF token, old token_seq",
    action: "ignored",
    next: "same",
    when: (ring) => ring.duplicateToken(),
  },
  {
    event: "mcast, own ring",
    action: "store, advance aru, deliver",
    next: "same",
    when: (ring) => {
      ring.receive(mcast(2, ring.ring.ringId, 2, "second"));
      expect(ring.trace).toEqual([]);
      ring.receive(mcast(3, ring.ring.ringId, 1, "first")).token({ seq: 2 });
    },
    expected: (ring) => {
      expect(ring.trace).toEqual(["deliver first from 3", "deliver second from 2", "orf_token"]);
      expect(readToken(ring.tokens[0]!).aru).toBe(2);
    },
  },
  {
    event: "mcast, foreign",
    action: "add sender",
    next: "GATHER(7)",
    when: (ring) => ring.receive(mcast(9, FOREIGN, 1, "x")),
    expected: (ring) => expect(ring.ring.processors).toEqual([1, 2, 3, 9]),
  },
  {
    event: "merge_detect, own ring id",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(encodeMergeDetect({ systemFrom: 1, ringId: ring.ring.ringId })),
  },
  {
    event: "merge_detect, foreign",
    action: "add sender",
    next: "GATHER(9)",
    when: (ring) => ring.receive(encodeMergeDetect({ systemFrom: 9, ringId: FOREIGN })),
    expected: (ring) => expect(ring.ring.processors).toEqual([1, 2, 3, 9]),
  },
  {
    event: "join that calls this node failed (6.3)",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(join(2, [1, 2, 3], [1], 100)),
  },
  {
    event: "join of a member, older than the ring (6.3)",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(join(2, [2], [], ring.ring.ringId.sequence - 1)),
  },
  {
    event: "join, other, with news",
    action: "6.3: lists united",
    next: "GATHER(11)",
    when: (ring) => ring.receive(join(4, [4], [], 1)),
    expected: (ring) => expect(ring.ring.processors).toEqual([1, 2, 3, 4]),
  },
  {
    event: "join, other, without news",
    action: "6.3",
    next: "GATHER(12)",
    when: (ring) => ring.receive(join(2, [1, 2, 3], [], ring.ring.ringId.sequence)),
  },
  {
    event: "leave",
    action: "6.3: leaver failed and remembered",
    next: "GATHER(11)",
    when: (ring) => ring.receive(join(3, [1, 2], [3], ring.ring.ringId.sequence, true)),
    expected: (ring) => {
      expect(ring.logs).toContain("debug Received LEAVE message from 3");
      const sent = ring.sent.at(-1)!.bytes;
      expect(Buffer.from(sent)).toEqual(Buffer.from(join(1, [1, 2, 3], [3], ring.ring.ringId.sequence)));
    },
  },
  {
    event: "commit token",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(commitToken({ representative: 1, sequence: 99 }, [1, 2, 3], 0, 0)),
  },
  {
    event: "hold cancel, own ring",
    action: "10.2: the representative sends the saved token at once",
    next: "same",
    when: (ring) => idle(ring).receive(encodeHoldCancel(2, ring.ring.ringId)),
    expected: (ring) => expect(ring.trace).toEqual(["orf_token"]),
  },
  {
    event: "hold cancel, own ring, not the representative",
    action: "idle rotations counted anew",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => {
      for (let i = 0; i < 29; i++) ring.token();
      ring.receive(encodeHoldCancel(3, ring.ring.ringId)).forget().token();
    },
    expected: (ring) => expect(ring.ring.tokenHeld).toBe(false),
  },
  {
    event: "hold cancel, other ring",
    action: "ignored",
    next: "same",
    when: (ring) => idle(ring).receive(encodeHoldCancel(2, FOREIGN)),
  },
  {
    event: "token timeout",
    action: "operational_token_lost + 1",
    next: "GATHER(2)",
    when: (ring) => {
      ring.pass(3649);
      expect(ring.ring.state).toBe("operational");
      ring.pass(1);
    },
    expected: (ring) => expect(ring.ring.counters.operational_token_lost).toBe(1),
  },
  {
    event: "heartbeat",
    action: "as the token timeout",
    next: "GATHER(2)",
    options: { settings: { heartbeatFailuresAllowed: 2 } },
    when: (ring) => {
      ring.pass(2 * 869 + 50 - 1);
      expect(ring.ring.state).toBe("operational");
      ring.pass(1);
    },
    expected: (ring) => expect(ring.ring.counters.operational_token_lost).toBe(1),
  },
  {
    event: "retransmit timer",
    action: "resend saved token, re-arm",
    next: "same",
    when: (ring) => {
      ring.token().pass(2 * 869);
    },
    expected: (ring) => {
      expect(ring.tokens.length).toBe(3);
      expect(ring.tokens[1]).toEqual(ring.tokens[0]);
      expect(ring.tokens[2]).toEqual(ring.tokens[0]);
    },
  },
  {
    event: "hold timer",
    action: "resend saved token",
    next: "same",
    when: (ring) => {
      idle(ring).pass(684);
      expect(ring.tokens).toEqual([]);
      ring.pass(1);
    },
    expected: (ring) => expect(ring.tokens.length).toBe(1),
  },
  {
    event: "merge timer, representative",
    action: "send merge_detect",
    next: "same",
    when: (ring) => ring.token().forget().pass(200),
    expected: (ring) => expect(ring.trace).toEqual(["merge_detect"]),
  },
  {
    event: "merge timer, not the representative",
    action: "ignored",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => ring.token().forget().pass(200),
  },
  {
    event: "join and consensus timers",
    action: "cannot happen: not armed",
    next: "same",
    when: (ring) => {
      for (let i = 0; i < 10; i++) ring.token().pass(1000);
    },
    expected: (ring) => {
      expect(ring.ofType(PacketType.join)).toEqual([]);
      expect(ring.ring.counters.consensus_timeouts).toBe(0);
    },
  },
  {
    event: "interface up/down",
    action: "the transport has its members again",
    next: "GATHER(15)",
    when: (ring) => ring.ring.interfaceChanged(ring.nowMs),
    expected: (ring) => expect(ring.trace).toEqual(["join"]),
  },
]);
