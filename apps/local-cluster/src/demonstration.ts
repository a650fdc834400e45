import { setTimeout as delay } from "node:timers/promises";
import type { EventKind } from "./event-line.ts";
import type { LocalCluster } from "./local-cluster.ts";
import type { OrderCheck, Verdict } from "./order-check.ts";

const GATHER_DEADLINE_MS = 20_000;
const DRAIN_DEADLINE_MS = 15_000;
const TICK_MS = 500;
/** Messages that each node sends at once at the end, unseen, to make the check worth something. */
const BURST_MESSAGES = 100;

export interface DemonstrationOptions {
  readonly cluster: LocalCluster;
  readonly check: OrderCheck;
  /** How long messages flow, in milliseconds. */
  readonly durationMs: number;
  /** Resolves when every node sees every node in the group. */
  readonly gathered: Promise<void>;
  readonly signal: AbortSignal;
  event(node: number | null, kind: EventKind, text: string): void;
}

/** Whether a message belongs to the burst, which is counted but not shown. */
export function isBurst(text: string): boolean {
  return text.startsWith("burst ");
}

/**
 * Lets all nodes talk for a while, ends with a burst from all at once, and checks that every node
 * delivered the same messages in the same order.
 */
export async function demonstrate(options: DemonstrationOptions): Promise<Verdict> {
  const { cluster, check, signal } = options;
  if (!(await inTime(options.gathered, GATHER_DEADLINE_MS, signal))) {
    return { passed: false, text: `the nodes did not find each other in ${GATHER_DEADLINE_MS / 1000} s` };
  }
  const nodes = Array.from({ length: cluster.nodeCount }, (_, index) => index + 1);
  await Promise.all(nodes.map((node) => talk(options, node)));

  options.event(null, "message", `burst: ${BURST_MESSAGES} messages from each node at once`);
  await Promise.all(nodes.map((node) => burst(options, node)));
  const deadline = performance.now() + DRAIN_DEADLINE_MS;
  while (!check.complete && performance.now() < deadline) await delay(20, undefined, { signal });
  return check.verdict();
}

async function talk({ cluster, check, durationMs, signal }: DemonstrationOptions, node: number) {
  // Not all in step: the order is more interesting that way.
  await delay((TICK_MS / cluster.nodeCount) * (node - 1), undefined, { signal });
  const rounds = Math.max(1, Math.floor(durationMs / TICK_MS));
  for (let count = 1; count <= rounds; count++) {
    const text = `hello ${count} from node ${node}`;
    check.sent(text);
    await cluster.say(node, text);
    await delay(TICK_MS, undefined, { signal });
  }
}

async function burst({ cluster, check, signal }: DemonstrationOptions, node: number) {
  for (let count = 1; count <= BURST_MESSAGES; count++) {
    signal.throwIfAborted();
    // Sizes from a few bytes to several packets.
    const text = `burst ${count} from node ${node} ${"x".repeat((count * 97) % 6_000)}`;
    check.sent(text);
    await cluster.say(node, text);
  }
}

async function inTime(promise: Promise<void>, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(deadlineMs, false, { signal: AbortSignal.any([signal, timer.signal]) });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    timer.abort();
    await timeout.catch(() => undefined);
  }
}
