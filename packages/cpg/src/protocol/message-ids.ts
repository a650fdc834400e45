/** Service id of CPG, and the ids of its messages (spec services-cpg-sam 4 and 5). */
export const CPG_SERVICE_ID = 2;

/** Functions on the ring; the message id is `CPG_SERVICE_ID << 16 | fn`. */
export const RING_FN = {
  procJoin: 0,
  procLeave: 1,
  joinlist: 2,
  mcast: 3,
  downlistOld: 4,
  downlist: 5,
  partialMcast: 6,
} as const;

/** Requests of clients. */
export const REQUEST_ID = {
  join: 0,
  leave: 1,
  mcast: 2,
  membershipGet: 3,
  localGet: 4,
  iterationInitialize: 5,
  iterationNext: 6,
  iterationFinalize: 7,
  finalize: 8,
  zcAlloc: 9,
  zcFree: 10,
  zcExecute: 11,
  partialMcast: 12,
} as const;

/** Responses; they do not share the numbers of their requests. */
export const RESPONSE_ID = {
  join: 0,
  leave: 1,
  membershipGet: 3,
  localGet: 7,
  iterationInitialize: 9,
  iterationNext: 10,
  iterationFinalize: 11,
  finalize: 12,
  /** What zero-copy requests get: not supported (spec services-cpg-sam 5.4). */
  zeroCopy: 14,
  partialSend: 18,
} as const;

/** Events that clients get without asking. */
export const EVENT_ID = {
  confchg: 4,
  deliver: 5,
  totemConfchg: 13,
  partialDeliver: 17,
} as const;

/** Why a process is in a list of joined or left processes. */
export const REASON = {
  undefined: 0,
  join: 1,
  leave: 2,
  nodeDown: 3,
  nodeUp: 4,
  procDown: 5,
} as const;

/** Which part of a message a fragment is. */
export const PARTIAL_TYPE = { first: 1, continued: 2, last: 3 } as const;

/** What an iteration lists: names, the processes of one group, or all processes. */
export const ITERATION_TYPE = { nameOnly: 1, oneGroup: 2, all: 3 } as const;

/** Join flag: send the ring's configuration once, after the own join. */
export const DELIVER_INITIAL_TOTEM_CONF = 1;

/** Messages above this go in fragments of at most this many bytes: 1 MiB - 1024. */
export const MAX_ATOMIC_MESSAGE_BYTES = 1_047_552;

/** Nodes of a cluster, at most. */
export const MAX_NODES = 384;
