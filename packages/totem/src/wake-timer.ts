/** One system timer for all deadlines of a ring. */
export class WakeTimer {
  private timer: NodeJS.Timeout | null = null;
  private atMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly now: () => number,
    private readonly wake: () => void,
  ) {}

  /** Wakes at `deadlineMs` or a little later; an earlier deadline asked for before still stands. */
  wakeAt(deadlineMs: number): void {
    if (this.timer !== null && this.atMs <= deadlineMs) return;
    this.cancel();
    this.atMs = deadlineMs;
    this.timer = setTimeout(() => this.fire(), Math.max(1, Math.ceil(deadlineMs - this.now())));
  }

  cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.atMs = Number.POSITIVE_INFINITY;
  }

  private fire(): void {
    this.timer = null;
    this.atMs = Number.POSITIVE_INFINITY;
    this.wake();
  }
}
