import { expect } from "vitest";
import { encodeHoldCancel } from "../../src/wire/hold-cancel.ts";
import { encodeMergeDetect } from "../../src/wire/merge-detect.ts";
import { eventTable } from "./event-table.ts";
import { commitToken, join, mcast, orfToken } from "./scripted-packets.ts";

const FOREIGN = { representative: 7, sequence: 99 };

eventTable("12.3", "commit", [
  {
    event: "ORF token",
    action: "ignored",
    next: "same",
    when: (ring) => {
      ring.receive(orfToken({ ringId: ring.ring.ringId, tokenSeq: 0 }));
      ring.receive(orfToken({ ringId: FOREIGN, tokenSeq: 0 }));
    },
  },
  {
    event: "mcast, ring id == my_ring_id (new ring)",
    // In C filed by its encapsulated flag, a normal one with the old ring's (Q9).
    action: "ignored",
    next: "same",
    when: (ring) => {
      ring.receive(mcast(2, ring.ring.ringId, 1, "normal"));
      ring.receive(mcast(2, ring.ring.ringId, 2, mcast(2, FOREIGN, 1, "recovered")));
    },
    expected: (ring) => expect(ring.ring.counters.rx_msg_dropped).toBe(0),
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
    event: "join from a member of my_new_memb_list, ring_seq >= my_ring_id.seq, no news",
    action: "process",
    next: "GATHER(13)",
    when: (ring) => ring.receive(join(2, [1, 2, 3], [], ring.ring.ringId.sequence)),
  },
  {
    event: "join from a member of my_new_memb_list, ring_seq >= my_ring_id.seq, news",
    action: "process",
    next: "GATHER(11) GATHER(13)",
    when: (ring) => ring.receive(join(2, [1, 2, 3, 4], [], ring.ring.ringId.sequence)),
    expected: (ring) => {
      // Each entry sends a join.
      expect(ring.trace).toEqual(["join", "join"]);
      expect(ring.ring.processors).toEqual([1, 2, 3, 4]);
    },
  },
  {
    event: "join from a member, older",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(join(2, [1, 2, 3, 4], [], ring.ring.ringId.sequence - 1)),
  },
  {
    event: "join from a stranger",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(join(9, [9], [], 1000)),
  },
  {
    event: "commit token, same ring seq, fully filled",
    action: "8.1",
    next: "RECOVERY",
    when: (ring) => ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 3, 3)),
    expected: (ring) => expect(ring.trace).toEqual(["commit_token"]),
  },
  {
    event: "commit token, not fully filled",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(commitToken(ring.ring.ringId, [1, 2, 3], 2, 2)),
  },
  {
    event: "commit token, other ring seq",
    action: "ignored",
    next: "same",
    when: (ring) => ring.receive(commitToken({ representative: 1, sequence: 99 }, [1, 2, 3], 3, 3)),
  },
  {
    event: "hold cancel, own ring",
    action: "rep resends the saved (commit) token",
    next: "same",
    when: (ring) => ring.receive(encodeHoldCancel(2, ring.ring.ringId)),
    expected: (ring) => expect(ring.trace).toEqual(["commit_token"]),
  },
  {
    event: "hold cancel, own ring, not the representative",
    action: "ignored",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => ring.receive(encodeHoldCancel(3, ring.ring.ringId)),
  },
  {
    event: "token timeout",
    action: "commit_token_lost + 1",
    next: "GATHER(4)",
    when: (ring) => ring.pass(3650),
    expected: (ring) => expect(ring.ring.counters.commit_token_lost).toBe(1),
  },
  {
    event: "retransmit timer",
    action: "resend commit token, re-arm",
    next: "same",
    when: (ring) => ring.pass(2 * 869),
    expected: (ring) => expect(ring.trace).toEqual(["commit_token", "commit_token"]),
  },
  {
    event: "hold, merge timer",
    action: "ignored",
    next: "same",
    when: (ring) => ring.pass(868),
  },
  {
    event: "interface up/down",
    action: "the transport has its members again",
    next: "GATHER(15)",
    when: (ring) => ring.ring.interfaceChanged(ring.nowMs),
    expected: (ring) => expect(ring.trace).toEqual(["join"]),
  },
]);
