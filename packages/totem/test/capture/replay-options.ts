import type { TotemSettings } from "../../src/index.ts";
import type { LeftOut } from "./comparison.ts";

/** How the part of a node in a capture is replayed. */
export interface ReplayOptions {
  readonly node: number;
  /** The part of the capture that is replayed, in its milliseconds; all of it if undefined. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** The ring that the node is in when the part begins, idle; undefined for a node that starts in it. */
  readonly ring?: {
    readonly sequence: number;
    readonly members: readonly number[];
    readonly messages: number;
  };
  /** When the token came last before the part begins; the idle ring's timers run from then. */
  readonly lastVisitMs?: number;
  /** The token is already lost since then, and these others have been heard to be looking for a ring. */
  readonly gatherSinceMs?: number;
  readonly heard?: readonly number[];
  /** Nodes that are cut off; the capture shows their packets all the same. */
  readonly cut?: readonly number[];
  /** From then on packets stay on the socket: the process is about to leave. */
  readonly deafFromMs?: number;
  /** token.seq of the last visits before the part, the idle ring having ended at `ring.messages`. */
  readonly recent?: readonly number[];
  /** Messages from before the part that the node has not received. */
  readonly missing?: readonly number[];
  readonly settings?: TotemSettings;
  readonly leftOut?: LeftOut;
}
