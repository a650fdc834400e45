import type { DaemonKind } from "../daemon-node.ts";
import type { StressHistory } from "./history.ts";

/** A client of the run with what it saw and the rings its daemon was in. */
export interface Witness {
  readonly history: StressHistory;
  /** Every ring that its daemon has formed, as its log tells them: clients are not told of all. */
  readonly rings: readonly string[];
  /** The content that a message of this client must have. */
  readonly expectedContent: (counter: number) => string;
  readonly kind: DaemonKind;
  /** Whether it was there at the end. */
  readonly survived: boolean;
}
