import { describe, expect, it } from "vitest";
import { formatRingId } from "../src/index.ts";
import { type Seen, VirtualNetwork, type VirtualNode } from "./virtual-network.ts";

/**
 * Whole rings under random loss, partitions, pauses and crashes, in virtual time. The checks look only
 * at what applications saw; names in brackets are the properties of spec totem section 19.
 */

interface Life {
  readonly nodeId: number;
  readonly node: VirtualNode;
}

/** What was delivered between one regular configuration and the next, under that ring's name. */
interface Stretch {
  readonly ring: string;
  readonly next: string | null;
  readonly together: readonly number[];
  readonly regular: string[];
  readonly transitional: string[];
}

/** The name of a message: sender and number. */
function nameOf(text: string): string {
  return text.slice(0, text.indexOf(" "));
}

const senderOf = (name: string): string => name.slice(0, name.indexOf(":"));

/**
 * A message that a configuration change cut reaches only those who heard its beginning. It is the
 * first that its sender says in the new ring, so of each sender's messages only the first may be
 * missing at the other node (spec totem 14.5, and 19, deviation 8).
 */
function heardByBoth(names: readonly string[], other: readonly string[]): string[] {
  const known = new Set(other);
  const heard = new Set<string>();
  return names.filter((name) => {
    const first = !heard.has(senderOf(name));
    heard.add(senderOf(name));
    return !first || known.has(name);
  });
}

function expectSame(a: readonly string[], b: readonly string[], where: string): void {
  expect(heardByBoth(a, b), where).toEqual(heardByBoth(b, a));
}

function stretches(seen: readonly Seen[]): Stretch[] {
  const result: Stretch[] = [];
  let current: { ring: string; regular: string[]; transitional: string[] } | null = null;
  let pending: { next: string; together: readonly number[] } | null = null;
  for (const event of seen) {
    if (event.kind === "message") {
      if (!current) throw new Error(`message before the first configuration: ${event.text.slice(0, 20)}`);
      (pending ? current.transitional : current.regular).push(nameOf(event.text));
    } else if (event.change.kind === "transitional") {
      if (pending) throw new Error("two transitional configurations in a row");
      pending = { next: formatRingId(event.change.ringId), together: event.change.members };
    } else {
      if (pending?.next !== formatRingId(event.change.ringId))
        throw new Error("regular configuration without its transitional");
      if (current) result.push({ ...current, next: pending.next, together: pending.together });
      current = { ring: pending.next, regular: [], transitional: [] };
      pending = null;
    }
  }
  if (current) result.push({ ...current, next: null, together: [] });
  return result;
}

/** C1, C4: configurations alternate and ring ids grow. M1: nothing twice. */
function checkLife({ node, nodeId }: Life): void {
  let previous = -1;
  for (const change of node.changes) {
    if (change.kind === "transitional") {
      expect(change.ringId.sequence).toBeGreaterThan(previous);
      previous = change.ringId.sequence;
    }
    if (change.kind === "regular") expect(change.members).toContain(nodeId);
  }
  expect(new Set(node.messages).size).toBe(node.messages.length);
}

/** M5: who goes together from one ring to the next has delivered the same, in the same two parts. */
function checkVirtualSynchrony(lives: readonly Life[]): void {
  const bySteps = new Map<string, { nodeId: number; stretch: Stretch }>();
  for (const { nodeId, node } of lives) {
    for (const stretch of stretches(node.seen)) {
      if (stretch.next === null) continue;
      const step = `${stretch.ring} -> ${stretch.next}: ${stretch.together.join()}`;
      const other = bySteps.get(step);
      if (!other) {
        bySteps.set(step, { nodeId, stretch });
        continue;
      }
      const where = `${step}, nodes ${other.nodeId} and ${nodeId}`;
      expectSame(
        [...stretch.regular, ...stretch.transitional],
        [...other.stretch.regular, ...other.stretch.transitional],
        where,
      );
    }
  }
}

/** M2: any two nodes deliver what both deliver in the same order. */
function checkOrder(lives: readonly Life[]): void {
  for (const a of lives) {
    const position = new Map(a.node.messages.map((text, i) => [nameOf(text), i]));
    for (const b of lives) {
      let last = -1;
      for (const text of b.node.messages) {
        const at = position.get(nameOf(text));
        if (at === undefined) continue;
        if (at < last)
          throw new Error(`nodes ${a.nodeId} and ${b.nodeId} disagree on the order of ${nameOf(text)}`);
        last = at;
      }
    }
  }
}

function runFaults(seed: number): void {
  const network = new VirtualNetwork(seed);
  const { random } = network;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const ids = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, i) => i + 1);
  const settings = { tokenTimeoutMs: 300, tokenWarningPercent: 0 };
  network.jitterMs = random() < 0.5 ? 0 : 2;
  const lives: Life[] = [];
  let born = 0;
  const start = (nodeId: number, stored: number): void => {
    const node = network.add(nodeId, ids, settings, stored);
    lives.push({ nodeId, node });
    node.start();
    born++;
  };
  for (const id of ids) start(id, 0);
  let counter = 0;
  const talk = (): void => {
    for (const node of network.nodes.values()) {
      if (!node.alive) continue;
      for (let i = Math.floor(random() * 8); i > 0; i--) {
        const size = random() < 0.1 ? Math.floor(random() * 20_000) : Math.floor(random() * 200);
        node.send(`${node.nodeId}.${born}:${counter++} ${"m".repeat(size)}`);
      }
    }
  };
  for (let round = 0; round < 25; round++) {
    talk();
    const dice = random();
    if (dice < 0.15) network.loss = random() * 0.2;
    else if (dice < 0.3) network.loss = 0;
    else if (dice < 0.45)
      network.split(
        ids.filter((id) => id % 2 === 0),
        ids.filter((id) => id % 2 === 1),
      );
    else if (dice < 0.55) network.split(...ids.map((id) => [id]));
    else if (dice < 0.7) network.heal();
    else if (dice < 0.8) network.nodes.get(pick(ids))!.crash();
    else if (dice < 0.95) {
      const dead = ids.filter((id) => !network.nodes.get(id)!.alive);
      if (dead.length > 0) start(dead[0]!, network.nodes.get(dead[0]!)!.storedSequence);
    }
    network.run(random() * 600);
  }
  network.heal();
  network.loss = 0;
  const alive = ids.filter((id) => network.nodes.get(id)!.alive);
  if (alive.length > 0) {
    network.runUntil(() => network.isRing(alive), 20_000, `seed ${seed}: one ring of ${alive.join()}`);
    network.run(3000);
    const last = alive.map((id) => {
      const { seen } = network.nodes.get(id)!;
      const lastChange = seen.findLastIndex((event) => event.kind === "change");
      return seen.slice(lastChange + 1).map((event) => (event.kind === "message" ? nameOf(event.text) : ""));
    });
    for (const names of last) expectSame(names, last[0]!, `seed ${seed}`);
  }
  for (const life of lives) checkLife(life);
  checkVirtualSynchrony(lives);
  checkOrder(lives);
}

/** Seeds that once failed: storms of joins between nodes of different rings, a small message cut in two. */
const ONCE_FAILED = [5080, 5275, 5336, 5553];

function runSeed(seed: number): void {
  try {
    runFaults(seed);
  } catch (error) {
    throw new Error(`seed ${seed} failed; replay it with TOTEM_SEED=${seed} TOTEM_SEEDS=1`, { cause: error });
  }
}

describe("rings under random faults", () => {
  const first = Number(process.env["TOTEM_SEED"] ?? 1);
  const count = Number(process.env["TOTEM_SEEDS"] ?? 60);
  const range = `seeds ${first} to ${first + count - 1}`;

  it(`keep order and virtual synchrony, and become one ring again (${range})`, { timeout: 120_000 }, () => {
    for (let seed = first; seed < first + count; seed++) runSeed(seed);
  });

  it("do so with the seeds that once failed", { timeout: 60_000 }, () => {
    for (const seed of ONCE_FAILED) runSeed(seed);
  });
});
