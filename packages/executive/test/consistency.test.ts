import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TestCluster } from "./test-cluster.ts";

const NODES = [1, 2, 3];

type Action =
  | { readonly kind: "join" | "leave" | "close" | "send"; readonly client: number }
  | { readonly kind: "rotate"; readonly first: number }
  | { readonly kind: "catchUp"; readonly node: number; readonly count: number }
  | { readonly kind: "split"; readonly alone: number; readonly safe: number }
  | { readonly kind: "heal"; readonly safe: number };

const node = fc.constantFrom(...NODES);
const safe = fc.nat(30);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("join", "leave", "close", "send", "send" as const),
      client: fc.nat(5),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("rotate" as const), first: node }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("catchUp" as const), node, count: fc.nat(5) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("split" as const), alone: node, safe }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("heal" as const), safe }) },
);

/** Six clients, two a node, that come and go under pids of their own. */
class Run {
  readonly cluster = new TestCluster();
  #incarnation = 0;
  /** Events of everyone since the last heal that settled. */
  readonly clients = new Map<number, { name: string; nodeId: number; sent: number }>();

  async start(): Promise<void> {
    await this.cluster.start(...NODES);
    this.cluster.bus.install(NODES);
    this.cluster.settle();
  }

  act(action: Action): void {
    const { bus } = this.cluster;
    if (action.kind === "rotate") bus.rotate(action.first);
    else if (action.kind === "catchUp") bus.nodes.get(action.node)!.catchUp(action.count);
    else if (action.kind === "heal") bus.install(NODES, action.safe);
    else if (action.kind === "split") {
      bus.install([action.alone], action.safe);
      bus.install(
        NODES.filter((id) => id !== action.alone),
        action.safe,
      );
    } else this.#actClient(action.kind, action.client);
  }

  #actClient(kind: "join" | "leave" | "close" | "send", index: number): void {
    const known = this.clients.get(index);
    if (known === undefined) {
      const nodeId = NODES[index % NODES.length]!;
      const name = `c${index}.${this.#incarnation++}`;
      this.clients.set(index, { name, nodeId, sent: 0 });
      this.cluster.connect(name, nodeId).join("g");
      return;
    }
    const client = this.cluster.client(known.name);
    if (kind === "send") client.send(`${known.name} ${known.sent++}`);
    else if (kind === "leave") client.leave("g");
    else if (kind === "close") {
      client.close();
      this.clients.delete(index);
    }
  }
}

/** Events in the notation of the test clients from the last ring of all nodes on. */
function sinceLastMerge(events: readonly string[]): string[] {
  return events.slice(events.lastIndexOf(`totem ${NODES}`) + 1);
}

describe("whatever happens to the ring and its clients", () => {
  it("members in one ring see one order, and all nodes agree on who is in the group", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 80 }), async (actions) => {
        const run = new Run();
        await run.start();
        for (const step of actions) run.act(step);
        run.cluster.bus.install(NODES);
        run.cluster.settle();
        run.cluster.take();
        // A quiet start for the comparison: one client a node that stays, then the same chaos without splits.
        for (const id of NODES) run.cluster.connect(`watch${id}`, id).join("g");
        run.cluster.settle();
        run.cluster.take();
        for (const step of actions) if (step.kind !== "split" && step.kind !== "heal") run.act(step);
        run.cluster.bus.install(NODES);
        run.cluster.settle();
        const events = run.cluster.take();
        expect(events["watch2"]).toEqual(events["watch1"]);
        expect(events["watch3"]).toEqual(events["watch1"]);
        for (const line of sinceLastMerge(events["watch1"] ?? [])) expect(line).not.toContain("NODEUP");
        for (const id of NODES) run.cluster.connect(`last${id}`, id).join("g");
        run.cluster.settle();
        const members = run.cluster.take()["watch1"]!.at(-1)!;
        for (const { name } of run.clients.values()) {
          const client = run.cluster.client(name);
          const joined = client.results[0] === 1 && !client.results.slice(1).includes(1);
          expect(members.includes(`${name},`) || members.includes(`${name}]`), name).toBe(joined);
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
