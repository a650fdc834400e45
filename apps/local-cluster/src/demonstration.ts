import { setTimeout as delay } from "node:timers/promises";
import type { EventKind } from "./event-line.ts";
import { inTime } from "./in-time.ts";
import type { LocalCluster } from "./local-cluster.ts";
import type { OrderCheck, Verdict } from "./order-check.ts";

const GATHER_DEADLINE_MS = 20_000;
const DRAIN_DEADLINE_MS = 15_000;
/** A daemon that has not taken a message by then hangs. */
const SAY_DEADLINE_MS = 15_000;
/** The connection to a daemon that dies is gone a moment before the daemon is. */
const DEATH_DEADLINE_MS = 2_000;
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
 * delivered the same messages in the same order. A daemon that ends meanwhile ends it: the check has
 * failed then.
 *
 * @throws the signal's reason when it aborts
 */
export async function demonstrate(options: DemonstrationOptions): Promise<Verdict> {
  const { cluster } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  try {
    return await Promise.race([converse({ ...options, signal }), cluster.broken.then(failed)]);
  } catch (error) {
    options.signal.throwIfAborted();
    if (await inTime(cluster.broken, DEATH_DEADLINE_MS, signal)) return failed(await cluster.broken);
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    over.abort();
  }
}

function failed(text: string): Verdict {
  return { passed: false, text };
}

async function converse(options: DemonstrationOptions): Promise<Verdict> {
  const { cluster, check, signal } = options;
  if (!(await inTime(options.gathered, GATHER_DEADLINE_MS, signal))) {
    return failed(`the nodes did not find each other in ${GATHER_DEADLINE_MS / 1000} s`);
  }
  const nodes = Array.from({ length: cluster.nodeCount }, (_, index) => index + 1);
  await Promise.all(nodes.map((node) => talk(options, node)));

  options.event(null, "message", `burst: ${BURST_MESSAGES} messages from each node at once`);
  await Promise.all(nodes.map((node) => burst(options, node)));
  const deadline = performance.now() + DRAIN_DEADLINE_MS;
  while (!check.complete && performance.now() < deadline) await delay(20, undefined, { signal });
  return check.verdict();
}

async function talk(options: DemonstrationOptions, node: number) {
  const { cluster, durationMs, signal } = options;
  // Not all in step: the order is more interesting that way.
  await delay((TICK_MS / cluster.nodeCount) * (node - 1), undefined, { signal });
  const rounds = Math.max(1, Math.floor(durationMs / TICK_MS));
  for (let count = 1; count <= rounds; count++) {
    await say(options, node, `hello ${count} from node ${node}`);
    await delay(TICK_MS, undefined, { signal });
  }
}

async function burst(options: DemonstrationOptions, node: number) {
  for (let count = 1; count <= BURST_MESSAGES; count++) {
    options.signal.throwIfAborted();
    // Sizes from a few bytes to several packets.
    await say(options, node, `burst ${count} from node ${node} ${"x".repeat((count * 97) % 6_000)}`);
  }
}

async function say({ cluster, check, signal }: DemonstrationOptions, node: number, text: string) {
  check.sent(text);
  if (await inTime(cluster.say(node, text), SAY_DEADLINE_MS, signal)) return;
  throw new Error(`node ${node} took no message for ${SAY_DEADLINE_MS / 1000} s`);
}
