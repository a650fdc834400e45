import type { EventLoop } from "../byte-channel.ts";

/** Node's own event loop. Its timers do not keep the process alive. */
export const nodeLoop: EventLoop = {
  schedule(task) {
    setImmediate(task);
  },
  setTimer(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

let lastConnectionId = 0;

/** Counts the connections of the process. */
export function nextConnectionId(): number {
  return ++lastConnectionId;
}
