import { performance } from "node:perf_hooks";

/** Share of the token timeout after which a late timer is worth a line (spec config 10.5). */
const LATE_SHARE = 0.8;

/**
 * Tells when this process did not run for so long that its token may have been declared lost: another
 * process, the garbage collector or a suspended machine had the processor. Returns the end of watching.
 */
export function watchSchedule(tokenTimeoutMs: number, late: (text: string) => void): () => void {
  const thresholdMs = tokenTimeoutMs * LATE_SHARE;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const text = scheduleComplaint(now - last, thresholdMs, Date.now());
    last = now;
    if (text !== null) late(text);
  }, tokenTimeoutMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}

/** The C daemon's line for a gap between two runs of the timer, or null when it is short enough. */
export function scheduleComplaint(gapMs: number, thresholdMs: number, epochMs: number): string | null {
  if (gapMs <= thresholdMs) return null;
  const [gap, threshold] = [gapMs, thresholdMs].map((value) => value.toFixed(4));
  return `Corosync main process was not scheduled (@${epochMs}) for ${gap} ms (threshold is ${threshold} ms). Consider token timeout increase.`;
}
