import type { RingObservation, RingSizes } from "./ring/ring-observation.ts";

/** What a simulation looks at inside a `Totem`: its ring, and how much both layers hold. */
export interface TotemObservation extends Omit<RingObservation, "sizes"> {
  readonly sizes: TotemSizes;
}

/** How much a node holds in its queues, lists and maps, by their names. */
export interface TotemSizes extends RingSizes, GroupSizes {}

/** How much the process-group layer holds. */
export interface GroupSizes {
  /** Bytes in each of the two queues; at most 4 MiB. */
  readonly normalQueueBytes: number;
  readonly transitionalQueueBytes: number;
  /** Senders whose messages are assembled, in each of the two families; at most 384. */
  readonly normalAssemblies: number;
  readonly transitionalAssemblies: number;
  /** Longest unfinished message; at most 1 MiB and 64 KiB. */
  readonly assemblyBytes: number;
}
