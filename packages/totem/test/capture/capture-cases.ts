import type { ReplayOptions } from "./replay-options.ts";

const ABC = [1, 2, 3];
const RING_13 = { sequence: 13, members: ABC, messages: 21 };
const RING_47 = { sequence: 47, members: ABC, messages: 35 };
const RING_60 = { sequence: 60, members: ABC, messages: 22 };
const FAIL_20 = { failRecvConst: 20 };
/** What node 3 asks for in the captures with loss. */
const LOST_UDPU = [145, 151, 160, 162, 169, 174, 179, 181, 184, 187, 188, 191, 196, 198];
const LOST_UDP = [
  149, 150, 155, 160, 161, 163, 165, 167, 170, 173, 176, 180, 183, 184, 187, 189, 192, 196, 202, 203,
];
const LOST_47 = [24, 25, 27, 28, 30, 31];
const RING_22 = { sequence: 22, members: ABC, messages: 21 };

/** Which nodes of which captures are replayed, and how they came to where the capture begins. */
export const CAPTURE_CASES: readonly (readonly [name: string, options: ReplayOptions])[] = [
  ["udpu-singleton-formation", { node: 1 }],
  ["udpu-join-2", { node: 1, ring: { sequence: 5, members: [1], messages: 8 }, lastVisitMs: 6667.498 }],
  ["udpu-join-2", { node: 2 }],
  ["udpu-join-3", { node: 1, ring: { sequence: 9, members: [1, 2], messages: 14 }, lastVisitMs: 11055.402 }],
  ["udpu-join-3", { node: 2, ring: { sequence: 9, members: [1, 2], messages: 14 } }],
  ["udpu-join-3", { node: 3 }],
  ["udpu-idle", { node: 1, ring: { sequence: 13, members: ABC, messages: 21 }, lastVisitMs: 14446.725 }],
  ["udpu-idle", { node: 2, ring: { sequence: 13, members: ABC, messages: 21 } }],
  ["udpu-idle", { node: 3, ring: { sequence: 13, members: ABC, messages: 21 } }],
  ["udpu-crash", { node: 1, ring: { sequence: 13, members: ABC, messages: 205 }, lastVisitMs: 31320.0021 }],
  ["udpu-crash", { node: 2, ring: { sequence: 13, members: ABC, messages: 205 }, lastVisitMs: 31320 }],
  ["udpu-rejoin", { node: 1, ring: { sequence: 17, members: [1, 2], messages: 14 } }],
  ["udpu-rejoin", { node: 2, ring: { sequence: 17, members: [1, 2], messages: 14 } }],
  ["udpu-rejoin", { node: 3 }],
  ["udpu-partition", { node: 1, ring: RING_22, gatherSinceMs: 53266.8, heard: [2], cut: [3] }],
  ["udpu-partition", { node: 2, ring: RING_22, gatherSinceMs: 53266.741, heard: [1], cut: [3] }],
  ["udpu-partition", { node: 3, ring: RING_22, gatherSinceMs: 53266.723, cut: [1, 2] }],
  ["udpu-merge", { node: 1, ring: { sequence: 26, members: [1, 2], messages: 14 } }],
  ["udpu-merge", { node: 2, ring: { sequence: 26, members: [1, 2], messages: 14 } }],
  ["udpu-merge", { node: 3, ring: { sequence: 26, members: [3], messages: 7 }, lastVisitMs: 63814.981 }],
  ["udpu-leave", { node: 1, ring: { sequence: 30, members: ABC, messages: 21 } }],
  ["udpu-leave", { node: 2, ring: { sequence: 30, members: ABC, messages: 21 }, deafFromMs: 70093.85 }],
  ["udpu-leave", { node: 3, ring: { sequence: 30, members: ABC, messages: 21 } }],
  ["udpu-mcast-packed", { node: 1, ring: RING_13, leftOut: "idle tokens" }],
  ["udpu-mcast-packed", { node: 2, ring: RING_13, leftOut: "idle tokens" }],
  ["udpu-mcast-packed", { node: 3, ring: RING_13, leftOut: "idle tokens" }],
  ["udpu-mcast-large", { node: 1, ring: { ...RING_13, messages: 92 }, leftOut: "idle tokens" }],
  ["udpu-mcast-large", { node: 2, ring: { ...RING_13, messages: 92 }, leftOut: "idle tokens" }],
  ["udpu-mcast-large", { node: 3, ring: { ...RING_13, messages: 92 }, leftOut: "idle tokens" }],
  ["udpu-retransmit", { node: 1, ring: { ...RING_13, messages: 141 }, toMs: 25800 }],
  ["udpu-retransmit", { node: 2, ring: { ...RING_13, messages: 141 }, fromMs: 23506.3, toMs: 25800 }],
  ["udpu-retransmit", { node: 3, ring: { ...RING_13, messages: 141 }, toMs: 25800 }],
  [
    "udpu-retransmit",
    { node: 1, ring: { ...RING_13, messages: 144 }, fromMs: 29258.96, recent: [178, 205, 205] },
  ],
  [
    "udpu-retransmit",
    { node: 2, ring: { ...RING_13, messages: 144 }, fromMs: 29258.96, recent: [178, 205, 205] },
  ],
  [
    "udpu-retransmit",
    {
      node: 3,
      ring: { ...RING_13, messages: 144 },
      fromMs: 29258.93,
      recent: [178, 205, 205],
      missing: LOST_UDPU,
    },
  ],
  [
    "udp-retransmit",
    { node: 1, ring: { ...RING_13, messages: 148 }, fromMs: 25632.9, toMs: 25633.73, recent: [180, 206] },
  ],
  ["udp-retransmit", { node: 2, ring: { ...RING_13, messages: 148 }, fromMs: 25632.95, recent: [180, 206] }],
  [
    "udp-retransmit",
    { node: 3, ring: { ...RING_13, messages: 148 }, fromMs: 25632.7, recent: [180, 206], missing: LOST_UDP },
  ],
  [
    "udpu-recovery",
    {
      node: 2,
      ring: { ...RING_47, messages: 23 },
      recent: [35],
      fromMs: 16104,
      gatherSinceMs: 11724.86,
      heard: [3],
    },
  ],
  [
    "udpu-recovery",
    {
      node: 3,
      ring: { ...RING_47, messages: 23 },
      recent: [35],
      missing: LOST_47,
      fromMs: 16104,
      gatherSinceMs: 11724.97,
      heard: [2],
    },
  ],
  ["udpu-failed-to-receive", { node: 1, ring: RING_60, toMs: 6662, settings: FAIL_20, leftOut: "mcasts" }],
  ["udpu-failed-to-receive", { node: 2, ring: RING_60, toMs: 6662, settings: FAIL_20, leftOut: "mcasts" }],
  ["udpu-failed-to-receive", { node: 3, ring: RING_60, toMs: 6662, settings: FAIL_20, leftOut: "mcasts" }],
  ["udp-formation", { node: 1, toMs: 3200 }],
  ["udp-formation", { node: 1, ring: { sequence: 5, members: [1], messages: 8 }, fromMs: 6156, toMs: 6210 }],
  ["udp-formation", { node: 2, fromMs: 6156, toMs: 6210 }],
  ["udp-formation", { node: 1, ring: { sequence: 9, members: [1, 2], messages: 14 }, fromMs: 11185 }],
  ["udp-formation", { node: 2, ring: { sequence: 9, members: [1, 2], messages: 14 }, fromMs: 11185 }],
  ["udp-formation", { node: 3, fromMs: 11185 }],
  ["udp-broadcast-formation", { node: 1 }],
  ["udp-broadcast-formation", { node: 2 }],
  [
    "udp-crash-rejoin",
    { node: 1, ring: { ...RING_13, messages: 208 }, lastVisitMs: 31171.1131, toMs: 35000 },
  ],
  [
    "udp-crash-rejoin",
    {
      node: 1,
      ring: { ...RING_13, messages: 208 },
      fromMs: 39000,
      gatherSinceMs: 34821.84,
      heard: [2],
      toMs: 39210,
    },
  ],
  ["udp-crash-rejoin", { node: 2, ring: { ...RING_13, messages: 208 }, lastVisitMs: 31171.2, toMs: 35000 }],
  [
    "udp-crash-rejoin",
    {
      node: 2,
      ring: { ...RING_13, messages: 208 },
      fromMs: 39000,
      gatherSinceMs: 34821.905,
      heard: [1],
      toMs: 39210,
    },
  ],
  ["udp-crash-rejoin", { node: 1, ring: { sequence: 17, members: [1, 2], messages: 14 }, fromMs: 44013 }],
  ["udp-crash-rejoin", { node: 2, ring: { sequence: 17, members: [1, 2], messages: 14 }, fromMs: 44013 }],
  ["udp-crash-rejoin", { node: 3, fromMs: 44013 }],
  [
    "udp-partition-merge-leave",
    { node: 1, ring: RING_22, gatherSinceMs: 53207.132, heard: [2], cut: [3], toMs: 57600 },
  ],
  [
    "udp-partition-merge-leave",
    { node: 2, ring: RING_22, gatherSinceMs: 53207.297, heard: [1], cut: [3], toMs: 57600 },
  ],
  [
    "udp-partition-merge-leave",
    { node: 3, ring: RING_22, gatherSinceMs: 53207.379, cut: [1, 2], toMs: 57600 },
  ],
  [
    "udp-partition-merge-leave",
    { node: 1, ring: { sequence: 26, members: [1, 2], messages: 14 }, fromMs: 63950, toMs: 64000 },
  ],
  [
    "udp-partition-merge-leave",
    { node: 2, ring: { sequence: 26, members: [1, 2], messages: 14 }, fromMs: 63950, toMs: 64000 },
  ],
  [
    "udp-partition-merge-leave",
    {
      node: 3,
      ring: { sequence: 26, members: [3], messages: 7 },
      fromMs: 63950,
      toMs: 64000,
      lastVisitMs: 63755.812,
    },
  ],
  [
    "udp-partition-merge-leave",
    { node: 1, ring: { sequence: 30, members: ABC, messages: 21 }, fromMs: 70000 },
  ],
  [
    "udp-partition-merge-leave",
    { node: 2, ring: { sequence: 30, members: ABC, messages: 21 }, fromMs: 70000, deafFromMs: 70009.65 },
  ],
  [
    "udp-partition-merge-leave",
    { node: 3, ring: { sequence: 30, members: ABC, messages: 21 }, fromMs: 70000 },
  ],
];
