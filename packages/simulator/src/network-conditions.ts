/** What every packet between two nodes meets. */
export interface NetworkConditions {
  readonly delayMs: number;
  /** Up to this much is added to the delay. */
  readonly jitterMs: number;
  /** Probabilities, each for one receiver of one packet. */
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  readonly corruption: number;
}
