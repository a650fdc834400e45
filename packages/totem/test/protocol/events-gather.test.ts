import { expect } from "vitest";
import { PacketType } from "../../src/wire/header.ts";
import { encodeHoldCancel } from "../../src/wire/hold-cancel.ts";
import { encodeMergeDetect } from "../../src/wire/merge-detect.ts";
import { eventTable } from "./event-table.ts";
import { commitToken, join, mcast, orfToken } from "./scripted-packets.ts";
import type { ScriptedRing } from "./scripted-ring.ts";

const FOREIGN = { representative: 7, sequence: 99 };
const A_RING = { representative: 1, sequence: 9 };

/** A ring of 1, 2 and 3 that has just lost its token. */
function gathering(ring: ScriptedRing): ScriptedRing {
  ring.agree([1, 2, 3]).commit().recover().install();
  ring.ring.forceGather(ring.nowMs);
  return ring.forget();
}

eventTable("12.2", "gather", [
  {
    event: "ORF token",
    action: "ignored",
    next: "same",
    when: (ring) => {
      gathering(ring).token();
      ring.receive(orfToken({ ringId: FOREIGN, tokenSeq: 1000 }));
    },
  },
  {
    event: "mcast, ring id == my_ring_id",
    action: "stored, aru advanced, not delivered",
    next: "same",
    when: (ring) => {
      gathering(ring).receive(mcast(2, ring.ring.ringId, 1, "late"));
      expect(ring.trace).toEqual([]);
    },
    expected: (ring) => {
      // Its aru is in the commit token, and it is delivered before the transitional configuration.
      const entry = () => ({ ringId: { representative: 1, sequence: 5 }, received: true, aru: 1 });
      ring.agree([1, 2, 3]).commit(entry).recover(entry).install();
      expect(ring.logs).toContain("debug Saving state aru 1 high seq received 1");
      expect(ring.trace.filter((line) => /deliver|transitional/.test(line))).toEqual([
        "deliver late from 2",
        "transitional 1,2,3",
      ]);
    },
  },
  {
    event: "mcast, foreign, sender not in my_proc",
    action: "add sender",
    next: "GATHER(8)",
    when: (ring) => ring.receive(mcast(9, FOREIGN, 1, "x")),
    expected: (ring) => expect(ring.ring.processors).toEqual([1, 9]),
  },
  {
    event: "merge_detect, foreign, sender not in my_proc",
    action: "add sender",
    next: "GATHER(10)",
    when: (ring) => ring.receive(encodeMergeDetect({ systemFrom: 9, ringId: FOREIGN })),
    expected: (ring) => expect(ring.ring.processors).toEqual([1, 9]),
  },
  {
    event: "mcast or merge_detect, foreign, sender already in my_proc",
    action: "ignored",
    next: "same",
    when: (ring) => {
      ring.receive(mcast(1, FOREIGN, 1, "x"));
      ring.receive(encodeMergeDetect({ systemFrom: 1, ringId: FOREIGN }));
    },
  },
  {
    event: "join with our lists, others still missing",
    action: "sender joins the consensus set",
    next: "same",
    when: (ring) => {
      ring
        .receive(join(2, [1, 2, 3], [], 1))
        .forget()
        .receive(join(2, [1, 2, 3], [], 1));
    },
    expected: (ring) => expect(ring.trace).toEqual([]),
  },
  {
    event: "join with older information",
    action: "ignored",
    next: "same",
    when: (ring) => {
      ring
        .receive(join(2, [1, 2, 3], [], 1))
        .forget()
        .receive(join(3, [3], [], 1));
    },
  },
  {
    event: "join of a failed node",
    action: "ignored",
    next: "same",
    when: (ring) => {
      ring
        .receive(join(2, [1, 2], [1], 1))
        .forget()
        .receive(join(2, [1, 2, 4], [], 1));
    },
  },
  {
    event: "join with news",
    action: "lists united, timers anew",
    next: "GATHER(11)",
    when: (ring) => ring.receive(join(2, [2, 3], [], 1)),
    expected: (ring) => expect(ring.ring.processors).toEqual([1, 2, 3]),
  },
  {
    event: "join that calls this node failed",
    action: "sender failed",
    next: "GATHER(11)",
    when: (ring) => ring.receive(join(2, [1, 2], [1], 1)),
    expected: (ring) => {
      expect(Buffer.from(ring.sent.at(-1)!.bytes)).toEqual(Buffer.from(join(1, [1, 2], [2], 1)));
    },
  },
  {
    event: "join of a stranger with failed nodes",
    action: "its failed list is not adopted",
    next: "GATHER(11)",
    when: (ring) => ring.receive(join(2, [1, 2, 9], [9], 1)),
    expected: (ring) => {
      expect(Buffer.from(ring.sent.at(-1)!.bytes)).toEqual(Buffer.from(join(1, [1, 2, 9], [], 1)));
    },
  },
  {
    event: "join by which all agree, this node is the lowest",
    action: "creates the commit token",
    next: "COMMIT",
    when: (ring) => {
      ring
        .receive(join(2, [1, 2], [], 4))
        .forget()
        .receive(join(2, [1, 2], [], 4));
    },
    expected: (ring) => expect(ring.ring.ringId).toEqual({ representative: 1, sequence: 8 }),
  },
  {
    event: "join by which all agree, this node is not the lowest",
    action: "waits for the commit token",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => {
      ring
        .receive(join(1, [1, 2], [], 1))
        .forget()
        .receive(join(1, [1, 2], [], 1));
    },
    expected: (ring) => expect(ring.trace).toEqual([]),
  },
  {
    event: "commit token, matching set and newer seq",
    action: "7.2",
    next: "COMMIT",
    options: { nodeId: 2 },
    when: (ring) => {
      ring
        .receive(join(1, [1, 2], [], 1))
        .forget()
        .receive(commitToken(A_RING, [1, 2], 1, 1));
    },
    expected: (ring) => expect(ring.trace).toEqual(["persist 9", "commit_token"]),
  },
  {
    event: "commit token, other set",
    action: "ignored",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => {
      ring
        .receive(join(1, [1, 2], [], 1))
        .forget()
        .receive(commitToken(A_RING, [1, 2, 3], 1, 1));
    },
  },
  {
    event: "commit token, not newer",
    action: "ignored",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => {
      const old = { representative: 1, sequence: 1 };
      ring
        .receive(join(1, [1, 2], [], 1))
        .forget()
        .receive(commitToken(old, [1, 2], 1, 1, () => ({ ringId: old })));
    },
  },
  {
    event: "hold cancel",
    action: "ignored",
    next: "same",
    when: (ring) => gathering(ring).receive(encodeHoldCancel(2, ring.ring.ringId)),
  },
  {
    event: "join timer",
    action: "send join, re-arm",
    next: "same",
    when: (ring) => ring.pass(100),
    expected: (ring) => expect(ring.trace).toEqual(["join", "join"]),
  },
  {
    event: "consensus timer, no agreement",
    action: "6.4: who is silent has failed",
    next: "GATHER(0)",
    when: (ring) =>
      ring
        .receive(join(2, [1, 2], [], 1))
        .forget()
        .pass(4380),
    expected: (ring) => {
      const joins = ring.ofType(PacketType.join);
      expect(Buffer.from(joins.at(-1)!.bytes)).toEqual(Buffer.from(join(1, [1, 2], [2], 1)));
      expect(ring.ring.counters.consensus_timeouts).toBe(1);
    },
  },
  {
    event: "consensus timer, agreement",
    action: "6.4: waits a token timeout for the commit token",
    next: "same",
    options: { nodeId: 2 },
    when: (ring) => {
      ring.receive(join(1, [1, 2], [], 1)).receive(join(1, [1, 2], [], 1));
      ring.forget().pass(4380);
    },
    expected: (ring) => expect(ring.ring.counters.consensus_timeouts).toBe(1),
  },
  {
    event: "token timeout",
    action: "6.5: 6.4 once more, gather_token_lost + 1",
    next: "GATHER(0) GATHER(3)",
    options: { nodeId: 2 },
    when: (ring) => {
      ring.receive(join(1, [1, 2], [], 1)).receive(join(1, [1, 2], [], 1));
      ring.forget().pass(4380 + 3650);
    },
    expected: (ring) => {
      expect(ring.ring.counters).toMatchObject({ gather_token_lost: 1, continuous_gather: 1 });
      expect(ring.ring.counters.consensus_timeouts).toBe(2);
    },
  },
  {
    event: "retransmit, hold, merge timer",
    action: "no token and no merge_detect",
    next: "same",
    when: (ring) => gathering(ring).pass(3000),
    expected: (ring) => expect(new Set(ring.trace)).toEqual(new Set(["join"])),
  },
  {
    event: "interface up/down",
    action: "the transport has its members again",
    next: "GATHER(15)",
    when: (ring) => ring.ring.interfaceChanged(ring.nowMs),
    expected: (ring) => expect(ring.trace).toEqual(["join"]),
  },
]);
