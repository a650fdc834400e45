import { describe, expect, it } from "vitest";
import type { RingCounters, TotemSettings } from "../../src/index.ts";
import { encodeHoldCancel } from "../../src/wire/hold-cancel.ts";
import { encodeMergeDetect } from "../../src/wire/merge-detect.ts";
import { GroupEnd } from "./group-end.ts";
import { commitToken, join, mcast } from "./scripted-packets.ts";
import { ringIn, type ScriptedRing } from "./scripted-ring.ts";

const RING = { representative: 1, sequence: 5 };
const FOREIGN = { representative: 7, sequence: 99 };
const FAIL_AT_ONCE: TotemSettings = { failRecvConst: 1 };

type State = "operational" | "gather" | "commit" | "recovery";

interface CounterRow {
  readonly counter: keyof RingCounters;
  /** What it counts, in the words of the table. */
  readonly when: string;
  readonly in: State;
  readonly by?: number;
  readonly settings?: TotemSettings;
  count(ring: ScriptedRing): void;
}

const brokenOfType = (type: number): Uint8Array => {
  const bytes = encodeHoldCancel(2, RING).subarray(0, 13).slice();
  bytes[3] = type;
  return bytes;
};

const ROWS: readonly CounterRow[] = [
  {
    counter: "orf_token_tx",
    when: "an initial token is sent, no other",
    in: "commit",
    count: (ring) => ring.recover().token().pass(869),
  },
  {
    counter: "orf_token_rx",
    when: "a valid header of that type",
    in: "gather",
    count: (r) => r.receive(brokenOfType(0)),
  },
  {
    counter: "mcast_rx",
    when: "a valid header of that type",
    in: "gather",
    count: (r) => r.receive(brokenOfType(1)),
  },
  {
    counter: "memb_merge_detect_rx",
    when: "a valid header of that type",
    in: "gather",
    count: (r) => r.receive(brokenOfType(2)),
  },
  {
    counter: "memb_join_rx",
    when: "a valid header of that type",
    in: "gather",
    count: (r) => r.receive(brokenOfType(3)),
  },
  {
    counter: "memb_commit_token_rx",
    when: "a valid header of that type",
    in: "gather",
    count: (r) => r.receive(brokenOfType(4)),
  },
  {
    counter: "token_hold_cancel_rx",
    when: "a valid header of that type",
    in: "gather",
    count: (r) => r.receive(brokenOfType(5)),
  },
  {
    counter: "mcast_tx",
    when: "a packet of the application is stamped",
    in: "operational",
    by: 2,
    count: (ring) => {
      ring.waiting.push("a", "b");
      ring.token();
    },
  },
  {
    counter: "mcast_retx",
    when: "a retransmission is answered",
    in: "operational",
    count: (r) => r.receive(mcast(2, RING, 1, "x")).token({ seq: 2, aru: 0, aruAddr: 3, requests: [1, 2] }),
  },
  { counter: "memb_join_tx", when: "a join is sent", in: "gather", count: (r) => r.pass(50) },
  {
    counter: "memb_join_tx",
    when: "a leave is sent",
    in: "operational",
    count: (r) => r.ring.leave(r.nowMs),
  },
  {
    counter: "memb_merge_detect_tx",
    when: "sent",
    in: "operational",
    count: (r) => r.pass(200),
  },
  {
    counter: "memb_commit_token_tx",
    when: "sent, repetitions left out",
    in: "commit",
    count: (r) => r.receive(commitToken(RING, [1, 2, 3], 3, 3)).pass(869),
  },
  {
    counter: "token_hold_cancel_tx",
    when: "sent",
    in: "operational",
    count: (ring) => {
      while (!ring.ring.tokenHeld) ring.token();
      ring.ring.wakeHeldToken(ring.nowMs);
    },
  },
  { counter: "operational_entered", when: "state entered", in: "recovery", count: (r) => r.install() },
  {
    counter: "gather_entered",
    when: "state entered",
    in: "operational",
    count: (r) => r.ring.forceGather(r.nowMs),
  },
  { counter: "commit_entered", when: "state entered", in: "gather", count: (r) => r.agree([1, 2]) },
  {
    counter: "recovery_entered",
    when: "state entered",
    in: "commit",
    count: (r) => r.receive(commitToken(RING, [1, 2, 3], 3, 3)),
  },
  {
    counter: "operational_token_lost",
    when: "token timeout in that state",
    in: "operational",
    count: (r) => r.pass(3650),
  },
  {
    counter: "gather_token_lost",
    when: "token timeout in that state",
    in: "gather",
    count: (r) => r.ring.forceGather(r.nowMs),
  },
  {
    counter: "commit_token_lost",
    when: "token timeout in that state",
    in: "commit",
    count: (r) => r.pass(3650),
  },
  {
    counter: "recovery_token_lost",
    when: "token timeout in that state",
    in: "recovery",
    count: (r) => r.pass(3650),
  },
  {
    counter: "recovery_token_lost",
    when: "also an accepted join",
    in: "recovery",
    count: (r) => r.receive(join(2, [1, 2, 3], [], 5)),
  },
  {
    counter: "consensus_timeouts",
    when: "6.4",
    in: "gather",
    count: (r) => r.receive(join(2, [2], [], 1)).pass(4380),
  },
  {
    counter: "rx_msg_dropped",
    when: "bad type",
    in: "operational",
    count: (r) => r.receive(brokenOfType(6)),
  },
  {
    counter: "rx_msg_dropped",
    when: "foreign mcast in COMMIT",
    in: "commit",
    count: (r) => r.receive(mcast(9, FOREIGN, 1, "x")),
  },
  {
    counter: "rx_msg_dropped",
    when: "foreign mcast in RECOVERY",
    in: "recovery",
    count: (r) => r.receive(mcast(9, FOREIGN, 1, "x")),
  },
  {
    counter: "malformed_rx",
    when: "a packet that says too much",
    in: "operational",
    count: (r) => r.receive(brokenOfType(1)),
  },
  {
    counter: "continuous_gather",
    when: "consecutive GATHERs of reason 3",
    in: "gather",
    by: 2,
    count: (ring) => {
      ring.ring.forceGather(ring.nowMs);
      ring.ring.forceGather(ring.nowMs);
    },
  },
  {
    counter: "continuous_sendmsg_failures",
    when: "15.2",
    in: "operational",
    count: (r) => r.ring.multicastSent(false),
  },
  {
    counter: "firewall_enabled_or_nic_failure",
    when: "15.2: more than three GATHERs in a row",
    in: "gather",
    count: (ring) => {
      for (let i = 0; i < 4; i++) ring.ring.forceGather(ring.nowMs);
      ring.pass(1500);
    },
  },
];

describe("every counter of stats.srp (spec totem 18)", () => {
  for (const { counter, when, in: state, by = 1, settings = {}, count } of ROWS) {
    it(`${counter}: ${when}`, () => {
      const ring = ringIn(state, { settings });
      const before = ring.ring.counters[counter];
      count(ring);
      expect(ring.ring.counters[counter] - before).toBe(by);
      ring.ring.clearCounters();
      expect(ring.ring.counters[counter]).toBe(0);
    });
  }

  it("is in this table, but for the four means that are measured over time", () => {
    const measured = [
      "time_since_token_last_received",
      "mtt_rx_token",
      "avg_token_workload",
      "avg_backlog_calc",
    ];
    const tested = new Set([...ROWS.map(({ counter }) => counter), ...measured]);
    expect([...tested].sort()).toEqual(Object.keys(ringIn("gather").ring.counters).sort());
  });

  it("continuous_gather is cleared by COMMIT, RECOVERY and OPERATIONAL", () => {
    const ring = ringIn("gather");
    ring.ring.forceGather(ring.nowMs);
    expect(ring.ring.counters.continuous_gather).toBe(1);
    expect(ring.agree([1]).ring.counters.continuous_gather).toBe(0);
  });

  it("continuous_sendmsg_failures is cleared by a success", () => {
    const ring = ringIn("operational");
    ring.ring.multicastSent(false);
    ring.ring.multicastSent(true);
    expect(ring.ring.counters.continuous_sendmsg_failures).toBe(0);
  });

  it("the means are recomputed every 1500 ms from the last tokens, in whole units", () => {
    const ring = ringIn("operational");
    ring.ring.clearCounters();
    ring.waiting.push("a", "b", "c", "d");
    // The window is full: nothing is sent, and the backlog stays.
    ring
      .pass(500)
      .token({ fcc: 50 })
      .pass(40)
      .token({ fcc: 50, backlog: 4 })
      .pass(21)
      .token({ fcc: 50, backlog: 4 });
    ring.pass(938);
    expect(ring.ring.counters.mtt_rx_token).toBe(0);
    expect(ring.pass(1).ring.counters).toMatchObject({
      mtt_rx_token: 30,
      avg_backlog_calc: 4,
      avg_token_workload: 0,
      time_since_token_last_received: 939,
    });
    ring.ring.clearCounters();
    expect(ring.pass(1500).ring.counters).toMatchObject({ mtt_rx_token: 0, avg_backlog_calc: 0 });
  });

  it("a merge detect of the own ring counts as received, too", () => {
    const ring = ringIn("operational", { settings: FAIL_AT_ONCE });
    ring.receive(encodeMergeDetect({ systemFrom: 1, ringId: RING }));
    expect(ring.ring.counters.memb_merge_detect_rx).toBe(1);
  });
});

describe("the counters of stats.pg (spec totem 18)", () => {
  it("tell in packets how full the queue in use is", () => {
    const end = new GroupEnd(1);
    expect(end.groups.counters).toEqual({ msg_reserved: 0, msg_queue_avail: 2995 });
    end.send("x".repeat(14_000));
    expect(end.groups.counters).toEqual({ msg_reserved: 11, msg_queue_avail: 2985 });
    end.visit();
    expect(end.groups.counters.msg_reserved).toBe(0);
  });
});
