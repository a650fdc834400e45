import type { RingCounters } from "./counters.ts";

/** Tokens that are looked back on (spec totem section 18). */
const TOKENS = 100;

/** When the last tokens came and went, and the backlog at each; the source of the mean values. */
export class TokenTimes {
  private readonly receivedMs = new Float64Array(TOKENS);
  /** Negative for a token that was held. */
  private readonly heldForMs = new Float64Array(TOKENS);
  private readonly backlog = new Uint32Array(TOKENS);
  private count = 0;

  received(nowMs: number, backlogPackets: number): void {
    const slot = this.count % TOKENS;
    this.receivedMs[slot] = nowMs;
    this.heldForMs[slot] = -1;
    this.backlog[slot] = backlogPackets;
    this.count++;
  }

  /** The token last received was sent on. */
  sent(nowMs: number): void {
    const slot = (this.count - 1) % TOKENS;
    this.heldForMs[slot] = nowMs - this.receivedMs[slot]!;
  }

  clear(): void {
    this.count = 0;
  }

  /** Writes the means, in whole units as C does. */
  measure(counters: RingCounters, nowMs: number): void {
    const { count } = this;
    if (count === 0) return;
    const first = Math.max(0, count - TOKENS);
    const lastMs = this.receivedMs[(count - 1) % TOKENS]!;
    let workload = 0;
    let passed = 0;
    let backlog = 0;
    for (let i = first; i < count; i++) {
      const slot = i % TOKENS;
      backlog += this.backlog[slot]!;
      if (this.heldForMs[slot]! < 0) continue;
      workload += this.heldForMs[slot]!;
      passed++;
    }
    const gaps = count - first - 1;
    counters.time_since_token_last_received = Math.trunc(nowMs - lastMs);
    if (gaps > 0) counters.mtt_rx_token = Math.trunc((lastMs - this.receivedMs[first % TOKENS]!) / gaps);
    if (passed > 0) counters.avg_token_workload = Math.trunc(workload / passed);
    counters.avg_backlog_calc = Math.trunc(backlog / (count - first));
  }
}
