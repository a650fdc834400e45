/** The timers of a ring (spec totem section 5), in the order in which simultaneous ones fire. */
export const Timer = {
  tokenWarning: 0,
  token: 1,
  tokenRetransmit: 2,
  hold: 3,
  merge: 4,
  join: 5,
  consensus: 6,
  pause: 7,
  heartbeat: 8,
  sendJoin: 9,
  statistics: 10,
} as const;

export type TimerId = (typeof Timer)[keyof typeof Timer];
const TIMER_COUNT = 11;

/**
 * Deadlines in fields. Arming one is a store, not a system timer: the token timers are re-armed at
 * every token visit. One wake-up at or before the earliest deadline is all that the edge provides.
 */
export class Deadlines {
  private readonly at = new Float64Array(TIMER_COUNT).fill(Number.POSITIVE_INFINITY);
  /** The wake-up that the edge was asked for. */
  private wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(private readonly requestWake: (deadlineMs: number) => void) {}

  arm(timer: TimerId, deadlineMs: number): void {
    this.at[timer] = deadlineMs;
    if (deadlineMs < this.wakeAtMs) {
      this.wakeAtMs = deadlineMs;
      this.requestWake(deadlineMs);
    }
  }

  isArmed(timer: TimerId): boolean {
    return this.at[timer]! !== Number.POSITIVE_INFINITY;
  }

  cancel(timer: TimerId): void {
    this.at[timer] = Number.POSITIVE_INFINITY;
  }

  cancelAll(): void {
    this.at.fill(Number.POSITIVE_INFINITY);
  }

  /** Runs `expired` for every timer that is due, earliest first, and asks for the next wake-up. */
  wake(nowMs: number, expired: (timer: TimerId) => void): void {
    this.wakeAtMs = Number.POSITIVE_INFINITY;
    for (let timer = this.earliest(); this.at[timer]! <= nowMs; timer = this.earliest()) {
      this.cancel(timer);
      expired(timer);
    }
    const next = this.at[this.earliest()]!;
    if (next < this.wakeAtMs) {
      this.wakeAtMs = next;
      this.requestWake(next);
    }
  }

  private earliest(): TimerId {
    let earliest = 0;
    for (let timer = 1; timer < TIMER_COUNT; timer++)
      if (this.at[timer]! < this.at[earliest]!) earliest = timer;
    return earliest as TimerId;
  }
}
