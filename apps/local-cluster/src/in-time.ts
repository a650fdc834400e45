import { setTimeout as delay } from "node:timers/promises";

/**
 * Whether a promise resolves before the deadline, in milliseconds. It goes on when it does not.
 * @throws what the promise rejects with in that time, or the signal's AbortError
 */
export async function inTime(
  promise: Promise<unknown>,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const settled = new AbortController();
  const signals = signal === undefined ? [settled.signal] : [settled.signal, signal];
  const timeout = delay(deadlineMs, false, { signal: AbortSignal.any(signals) });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    settled.abort();
    await timeout.catch(() => undefined);
  }
}
