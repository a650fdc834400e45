import { expect } from "vitest";
import { encodeHoldCancel } from "../../src/wire/hold-cancel.ts";
import { encodeMergeDetect } from "../../src/wire/merge-detect.ts";
import { eventTable } from "./event-table.ts";
import { commitToken, join, mcast, orfToken, readToken } from "./scripted-packets.ts";
import type { ScriptedRing } from "./scripted-ring.ts";

const FOREIGN = { representative: 7, sequence: 99 };

/** Lets the state be that of a representative whose commit token has gone round once only. */
function notYetOriginated(ring: ScriptedRing): ScriptedRing {
  ring.ring.forceGather(ring.nowMs);
  ring.agree([1, 2, 3]).receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 3));
  expect(ring.ring.state).toBe("recovery");
  return ring.forget();
}

eventTable("12.4", "recovery", [
  {
    event: "ORF token, own ring, new",
    action: "section 10 with 8.3",
    next: "same",
    when: (ring) => ring.token({ aru: 0xffffffff, aruAddr: 1 }),
    expected: (ring) => expect(ring.trace).toEqual(["orf_token"]),
  },
  {
    event: "ORF token, own ring, new, for the fourth time with nothing to recover",
    action: "section 9",
    next: "OPERATIONAL",
    when: (ring) => ring.install(),
    expected: (ring) => expect(ring.trace.slice(-3)).toEqual(["transitional ", "regular 1,2,3", "orf_token"]),
  },
  {
    event: "ORF token, other ring or old token_seq",
    action: "ignored",
    next: "same",
    when: (ring) => {
      ring.token().forget().duplicateToken();
      ring.receive(orfToken({ ringId: FOREIGN, tokenSeq: 1000 }));
    },
  },
  {
    event: "mcast, own (new) ring, encapsulated",
    action: "8.4: kept, aru advanced, not delivered",
    next: "same",
    when: (ring) => {
      ring.receive(mcast(2, ring.ring.ringId, 1, mcast(2, FOREIGN, 1, "of another old ring")));
      ring.token({ seq: 1 });
    },
    expected: (ring) => {
      expect(ring.trace).toEqual(["orf_token"]);
      expect(readToken(ring.tokens[0]!).aru).toBe(1);
    },
  },
  {
    event: "mcast, own (new) ring, normal",
    // In C filed with the old ring's (Q9).
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(mcast(2, ring.ring.ringId, 1, "early")),
  },
  {
    event: "mcast, foreign",
    action: "rx_msg_dropped + 1",
    next: "same",
    when: (ring) => ring.receive(mcast(9, FOREIGN, 1, "x")),
    expected: (ring) => {
      expect(ring.trace).toEqual([]);
      expect(ring.ring.counters.rx_msg_dropped).toBe(1);
    },
  },
  {
    event: "merge_detect",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(encodeMergeDetect({ systemFrom: 9, ringId: FOREIGN })),
  },
  {
    event: "join from a member, ring_seq >= my_ring_id.seq, no news",
    action: "process, restore old state, recovery_token_lost + 1",
    next: "GATHER(5) GATHER(14)",
    when: (ring) => ring.receive(join(2, [1, 2, 3], [], ring.ring.ringId.sequence)),
    expected: (ring) => {
      expect(ring.trace).toEqual(["join", "join"]);
      expect(ring.ring.counters.recovery_token_lost).toBe(1);
    },
  },
  {
    event: "join from a member, ring_seq >= my_ring_id.seq, news",
    action: "process, restore old state",
    next: "GATHER(11) GATHER(5) GATHER(14)",
    when: (ring) => ring.receive(join(2, [1, 2, 3, 4], [], ring.ring.ringId.sequence)),
  },
  {
    event: "other join",
    action: "ignored",
    next: "same",
    when: (ring) => {
      ring.receive(join(2, [2], [], ring.ring.ringId.sequence - 1));
      ring.receive(join(9, [9], [], 1000));
    },
  },
  {
    event: "commit token, self is rep, not yet originated",
    action: "initial ORF token",
    next: "same",
    when: (ring) => {
      notYetOriginated(ring).receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 6));
    },
    expected: (ring) => {
      expect(ring.trace).toEqual(["orf_token"]);
      const initial = { seq: 0, tokenSeq: 0, aru: 0xffffffff, aruAddr: 1, backlog: 0, fcc: 0 };
      expect(readToken(ring.tokens[0]!)).toMatchObject({ ...initial, retransFlg: 0, requests: [] });
    },
  },
  {
    event: "commit token, initial token already sent",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 6)),
  },
  {
    event: "commit token, not the representative",
    action: "ignored",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 4)),
  },
  {
    event: "hold cancel, own ring",
    action: "rep resends the saved token",
    next: "same",
    when: (ring) => ring.receive(encodeHoldCancel(2, ring.ring.ringId)),
    expected: (ring) => expect(ring.trace).toEqual(["orf_token"]),
  },
  {
    event: "token timeout",
    action: "8.5: recovery_token_lost + 1",
    next: "GATHER(5)",
    when: (ring) => ring.pass(3650),
    expected: (ring) => expect(ring.ring.counters.recovery_token_lost).toBe(1),
  },
  {
    event: "retransmit timer, no ORF token yet",
    action: "resend the commit token, re-arm",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => ring.pass(2 * 869),
    expected: (ring) => expect(ring.trace).toEqual(["commit_token", "commit_token"]),
  },
  {
    event: "retransmit timer",
    action: "resend the ORF token, re-arm",
    next: "same",
    when: (ring) => ring.token().pass(2 * 869),
    expected: (ring) => expect(ring.trace).toEqual(["orf_token", "orf_token", "orf_token"]),
  },
  {
    event: "hold timer",
    action: "resend saved token",
    next: "same",
    options: { settings: { seqnoUnchangedConst: 1 } },
    when: (ring) => ring.token().token().forget().pass(685),
    expected: (ring) => expect(ring.trace).toEqual(["orf_token"]),
  },
  {
    event: "merge timer",
    action: "ignored",
    next: "same",
    when: (ring) => ring.token().token().forget().pass(400),
  },
  {
    event: "interface up/down",
    action: "restore old state",
    next: "GATHER(15)",
    when: (ring) => ring.ring.interfaceChanged(ring.nowMs),
    expected: (ring) => expect(ring.trace).toEqual(["join"]),
  },
]);
