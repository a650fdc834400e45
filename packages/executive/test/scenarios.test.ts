import { C_CPG_BEHAVIOUR } from "@corosync/cpg";
import { describe, expect, it } from "vitest";
import { RecordedScenario } from "./recorded-scenario.ts";
import { TestCluster } from "./test-cluster.ts";

/** Each process's events of a C cluster, replayed step by step on ours (spec services-cpg-sam 8). */
const WITH_TOTEM = 1;

function join(cluster: TestCluster, name: string, node: number, group: string, flags = 0, pid?: number) {
  const client = cluster.connect(name, node, pid);
  client.join(group, flags);
  return client;
}

describe("recorded scenarios", () => {
  it("processes join, send, leave and die (8.1)", async () => {
    const recorded = new RecordedScenario("scenario-basic.json");
    const cluster = new TestCluster();
    await cluster.start(1, 2);
    cluster.bus.install([1, 2]);
    cluster.settle();
    const check = (step: string) => {
      cluster.settle();
      expect(cluster.take(), step).toEqual(recorded.step(step));
    };
    join(cluster, "A", 1, "g", WITH_TOTEM);
    check("A join g");
    join(cluster, "B", 2, "g");
    check("B join g");
    cluster.client("A").send("a1");
    check("A send a1");
    await cluster.start(3);
    cluster.bus.install([3]);
    cluster.settle();
    cluster.bus.install([1, 2, 3]);
    check("node 3 starts");
    join(cluster, "C", 3, "g", WITH_TOTEM);
    check("C join g");
    cluster.client("C").send("c1");
    check("C send c1");
    join(cluster, "D", 3, "h");
    check("D join h");
    cluster.client("D").leave("h");
    check("D leave h");
    cluster.client("D").finalize();
    check("D finalize");
    join(cluster, "E", 2, "g");
    check("E join g");
    cluster.client("E").finalize();
    check("E finalize without leave");
    join(cluster, "F", 2, "g");
    check("F join g");
    cluster.client("F").close();
    check("F killed");
    join(cluster, "G", 1, "g").send("g1");
    check("G join g then send");
    cluster.client("G").send("g2");
    cluster.client("G").leave("g");
    check("G send then leave");
    cluster.client("A").send("a2");
    cluster.settle();
    const afterLeave = recorded.step("A send a2 after G left");
    expect(afterLeave["G"]).toHaveLength(1); // D1: in C the connection still listens; ours does not
    delete afterLeave["G"];
    expect(cluster.take()).toEqual(afterLeave);
    cluster.client("G").finalize();
    check("G finalize");
    cluster.kill(3);
    cluster.bus.install([1, 2]);
    check("node 3 corosync killed");
    cluster.client("A").send("a3");
    check("A send a3");
    expect(recorded.finished).toBe(true);
  });

  it("a cluster splits, heals, falls apart and merges (8.2)", async () => {
    const recorded = new RecordedScenario("scenario-partition-merge.json");
    const cluster = new TestCluster();
    await cluster.start(1, 2, 3, 4);
    cluster.bus.install([1, 2, 3, 4]);
    cluster.settle();
    const check = (step: string, first?: number) => {
      cluster.settle(first);
      expect(cluster.take(), step).toEqual(recorded.step(step));
    };
    for (const [name, node] of Object.entries({ A1: 1, A2: 1, B1: 2, C1: 3, C2: 3, D1: 4 })) {
      join(cluster, name, node, "g");
      cluster.settle();
    }
    check("A1,A2,B1,C1,C2,D1 join g");
    join(cluster, "H1", 1, "a-group");
    cluster.settle();
    join(cluster, "H4", 4, "a-group");
    check("H1 (node 1) then H4");
    cluster.bus.install([1, 2]);
    cluster.bus.install([3, 4]);
    check("partition {1,2} | {3,4}");
    cluster.client("A1").send("left1");
    cluster.client("C1").send("right1");
    check("A1 send left1");
    cluster.client("B1").send("left2");
    cluster.client("D1").send("right2");
    check("B1 send left2");
    join(cluster, "A3", 1, "g");
    check("while split: A3 joins g");
    cluster.client("C2").close();
    check("while split: C2");
    cluster.bus.install([1, 2, 3, 4]);
    check("heal", 1); // joinlists in the order 4, 1, 2, 3
    cluster.client("D1").send("merged");
    check("D1 send merged");
    for (const node of [1, 2, 3, 4]) cluster.bus.install([node]);
    check("isolate every node");
    for (const name of ["A1", "B1", "C1", "D1"]) cluster.client(name).send(`alone-${name}`);
    check("each sends while alone");
    cluster.bus.install([1, 2, 3, 4]);
    check("heal all", 1);
    const closing = cluster.nodes.get(4)!.executive.close();
    cluster.settle();
    await closing;
    cluster.kill(4);
    cluster.bus.install([1, 2, 3]);
    check("graceful stop");
    await cluster.start(4);
    cluster.bus.install([4]);
    cluster.bus.install([1, 2, 3, 4]);
    check("node 4 corosync starts again");
    expect(recorded.finished).toBe(true);
  });

  it("a node changes sides in one step, and another restarts unnoticed by the token (8.3)", async () => {
    const recorded = new RecordedScenario("scenario-shift-and-fast-restart.json");
    const cluster = new TestCluster();
    await cluster.start(1, 2, 3);
    cluster.bus.install([1, 2, 3]);
    cluster.settle();
    const check = (step: string, first?: number) => {
      cluster.settle(first);
      expect(cluster.take(), step).toEqual(recorded.step(step));
    };
    for (const [name, node] of Object.entries({ A: 1, B: 2, C: 3 })) {
      join(cluster, name, node, "g");
      cluster.settle();
    }
    check("A,B,C join g");
    cluster.bus.install([1, 2]);
    cluster.bus.install([3]);
    check("partition {1,2} | {3}");
    cluster.bus.install([1]);
    cluster.bus.install([2, 3]);
    check("shift");
    cluster.bus.install([1, 2, 3]);
    check("heal", 1); // joinlists in the order 3, 1, 2
    cluster.kill(3);
    await cluster.start(3);
    cluster.bus.install([1, 2, 3]);
    check("node 3 daemon killed and restarted");
    expect(recorded.finished).toBe(true);
  });
});

describe("a process dies while a synchronization runs (8.5)", () => {
  /** Nodes 1 and 2 with A, B and X, when node 3 with C is lost; stops once `point` is reached. */
  async function lose3(cluster: TestCluster, messages?: () => void) {
    await cluster.start(1, 2, 3);
    cluster.bus.install([1, 2, 3]);
    cluster.settle();
    for (const [name, node] of Object.entries({ A: 1, B: 2, X: 2, C: 3 })) {
      join(cluster, name, node, "g");
      cluster.settle();
    }
    cluster.take();
    messages?.();
    cluster.kill(3);
    cluster.bus.install([1, 2]);
    cluster.bus.rotate(); // service builds
    cluster.bus.rotate(); // downlists and joinlists are queued after this token
  }

  const withoutC = (events: Record<string, string[]>) => ({ A: events["A"], B: events["B"] });

  it("in C the others resurrect it (D3)", async () => {
    const recorded = new RecordedScenario("scenario-during-sync.json");
    const cluster = new TestCluster({ behaviour: C_CPG_BEHAVIOUR });
    await lose3(cluster);
    cluster.client("X").close();
    cluster.settle(2);
    expect(withoutC(cluster.take())).toEqual(recorded.step("nodes {1,2,3}; X dies"));
    await cluster.start(3);
    join(cluster, "C", 3, "g", 0, cluster.client("C").pid);
    cluster.bus.install([3]);
    cluster.settle();
    cluster.client("C").join("g");
    cluster.settle();
    cluster.take();
    cluster.bus.install([1, 2, 3]);
    cluster.settle(1);
    expect(cluster.take()).toEqual(recorded.step("node 3 returns"));
  });

  it("ours leaves after the synchronization, at the same point everywhere", async () => {
    const recorded = new RecordedScenario("scenario-during-sync.json");
    recorded.step("nodes {1,2,3}; X dies");
    recorded.step("node 3 returns");
    const cluster = new TestCluster();
    await lose3(cluster);
    cluster.client("X").close();
    cluster.settle();
    expect(withoutC(cluster.take())).toEqual(recorded.step("same loss of node 3, X dies late"));
  });

  it("a C node's early leave does not come back with its joinlist on ours", async () => {
    const cluster = new TestCluster({
      behaviour: { ...C_CPG_BEHAVIOUR, leaveDropsJoinlistEntry: true },
    });
    await lose3(cluster);
    cluster.client("X").close();
    cluster.settle(2);
    const events = withoutC(cluster.take());
    expect(events.A).toEqual(events.B);
    expect(events.A?.join()).not.toContain("NODEUP");
  });

  it("messages of a dead process come before its leave (D4)", async () => {
    const cluster = new TestCluster();
    await lose3(cluster, () => {
      cluster.client("X").send("m2");
      cluster.client("B").send("b1");
    });
    cluster.client("X").close();
    cluster.settle();
    const events = withoutC(cluster.take());
    expect(events.A).toEqual(events.B);
    expect(events.A).toEqual([
      "confchg[g] m[A,B,X] l[C/NODEDOWN] j[]",
      "totem 1,2",
      "deliver[g] X: m2",
      "deliver[g] B: b1",
      "confchg[g] m[A,B] l[X/PROCDOWN] j[]",
    ]);
  });

  it("in C they come after it", async () => {
    const recorded = new RecordedScenario("scenario-during-sync.json");
    for (const skip of ["nodes", "node 3", "same", "merge", "merge"]) recorded.step(skip);
    const cluster = new TestCluster({ behaviour: C_CPG_BEHAVIOUR });
    await lose3(cluster, () => {
      cluster.client("X").send("m1");
      cluster.bus.rotate(); // m1 got its place in the old ring
      cluster.client("X").send("m2");
      cluster.client("B").send("b1");
    });
    cluster.client("X").close();
    cluster.settle(2);
    expect(withoutC(cluster.take())).toEqual(recorded.step("message after leave"));
  });
});
