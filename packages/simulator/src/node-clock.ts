/** A node's own clock: it is ahead of or behind virtual time, and runs at a rate of its own. */
export class NodeClock {
  #rate: number;
  /** Where the present rate began, in virtual and in the clock's own time. */
  #sinceMs: number;
  #ownSinceMs: number;

  /**
   * @param time virtual time
   * @param rate 1 is right, 1.1 runs a tenth too fast
   */
  constructor(
    readonly time: { readonly nowMs: number },
    rate: number,
    offsetMs: number,
  ) {
    this.#rate = rate;
    this.#sinceMs = time.nowMs;
    this.#ownSinceMs = this.#sinceMs + offsetMs;
  }

  get rate(): number {
    return this.#rate;
  }

  /** Runs at another rate from now on; the clock does not jump. */
  set rate(rate: number) {
    this.#ownSinceMs = this.nowMs();
    this.#sinceMs = this.time.nowMs;
    this.#rate = rate;
  }

  nowMs(): number {
    return this.#ownSinceMs + (this.time.nowMs - this.#sinceMs) * this.#rate;
  }

  /** The virtual time at which this clock shows `ownMs`, at its present rate. */
  virtualTimeOf(ownMs: number): number {
    return this.#sinceMs + (ownMs - this.#ownSinceMs) / this.#rate;
  }
}
