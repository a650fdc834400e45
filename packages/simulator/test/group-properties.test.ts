import type { CpgChange } from "@corosync/cpg";
import { describe, expect, it } from "vitest";
import { GroupChecker, GroupLog } from "../src/group-checker.ts";
import type { RingChecks } from "../src/ring-checks.ts";
import { broken, HandMadeTrace, rejects, ring } from "./hand-made-trace.ts";

const process = (name: string) => {
  const [nodeId, pid] = name.split("/").map(Number);
  return { nodeId: nodeId!, pid: pid! };
};
const change = (reason: CpgChange["reason"]) => (name: string) => ({ ...process(name), reason });

/** Processes 1/10 on node 1 and 2/20 on node 2, both in the group and in ring 1.4. */
function group() {
  const trace = new HandMadeTrace();
  const lives = trace.start([1, 2], ring(2));
  const checker = new GroupChecker();
  const logs = lives.map((rings, i) => new GroupLog(["1/10", "2/20"][i]!, "g", checker, rings));
  for (const log of logs) {
    membership(log, ["1/10", "2/20"], [], ["1/10", "2/20"]);
    configuration(log, 2);
  }
  // From here on they see whole views.
  trace.step(lives, ring(4), [1, 2]);
  for (const log of logs) configuration(log, 4);
  const [a, b] = logs as [GroupLog, GroupLog];
  return { trace, lives: lives as RingChecks[], checker, a, b };
}

function membership(
  log: GroupLog,
  members: readonly string[],
  left: readonly string[],
  joined: readonly string[],
  reasons: { left?: CpgChange["reason"]; joined?: CpgChange["reason"] } = {},
): void {
  log.membership({
    type: "membership",
    members: members.map(process),
    left: left.map(change(reasons.left ?? "nodeDown")),
    joined: joined.map(change(reasons.joined ?? "join")),
  });
}

function configuration(log: GroupLog, sequence: number, members: readonly number[] = [1, 2]): void {
  log.configuration({ type: "configuration", ringId: ring(sequence), members });
}

describe("what processes of a group see (spec services-cpg-sam 8)", () => {
  it("the same messages and changes on the same way are accepted", () => {
    const { trace, lives, a, b } = group();
    const accepted = () => {
      for (const log of [a, b]) {
        log.message("1/10", 0);
        membership(log, ["1/10", "1/11", "2/20"], [], ["1/11"]);
        log.message("1/11", 0);
      }
      trace.step(lives, ring(8), [1, 2]);
      for (const log of [a, b]) configuration(log, 8);
    };
    expect(broken(accepted)).toBeNull();
  });

  it("8.1, 8.4: identical order, and nothing lost between processes that stay together", () => {
    for (const [first, second] of [
      [
        ["2/20", "1/10"],
        ["1/10", "2/20"],
      ],
      [["2/20", "1/10"], ["2/20"]],
    ] as const) {
      const { trace, lives, a, b } = group();
      for (const sender of first) a.message(sender, 0);
      for (const sender of second) b.message(sender, 0);
      trace.step(lives, ring(8), [1, 2]);
      configuration(a, 8);
      rejects("CPG", () => configuration(b, 8));
    }
  });

  it("8.2: nodes that went other ways may differ", () => {
    const { trace, lives, a, b } = group();
    a.message("1/10", 0);
    trace.step([lives[0]!], ring(8), [1]);
    membership(a, ["1/10"], ["2/20"], []);
    configuration(a, 8, [1]);
    for (const checks of lives) checks.committed(ring(12));
    for (const checks of lives) trace.install(checks, ring(12), [1, 2], [checks.life.nodeId]);
    expect(broken(() => configuration(b, 12))).toBeNull();
  });

  it("8.2: no process is seen on a node that is not there", () => {
    const { trace, lives, a } = group();
    trace.step([lives[0]!], ring(8), [1]);
    rejects("CPG", () => configuration(a, 8, [1]));
  });

  it("8.1: members follow from the changes, in order of node and pid, and join once", () => {
    rejects("CPG", () => membership(group().a, ["1/10", "2/20"], ["2/20"], []));
    rejects("CPG", () => membership(group().a, ["1/10", "2/20", "3/1"], [], []));
    rejects("CPG", () => membership(group().a, ["2/20", "1/10"], [], []));
    rejects("CPG", () => membership(group().a, ["1/10", "2/20"], [], ["2/20"]));
    const { checker, lives } = group();
    const late = new GroupLog("1/12", "g", checker, lives[0]!);
    rejects("CPG", () => membership(late, ["1/10"], [], ["1/10"]));
  });

  it("8.1: LEAVE and PROCDOWN are of processes that left or died, and NODEDOWN of all others", () => {
    const lives = group();
    rejects("CPG", () => membership(lives.a, ["1/10"], ["2/20"], [], { left: "procDown" }));
    const left = group();
    left.checker.processEnded("2/20", "leave");
    rejects("CPG", () => membership(left.a, ["1/10"], ["2/20"], [], { left: "procDown" }));
    const died = group();
    died.checker.processEnded("2/20", "procDown");
    expect(broken(() => membership(died.a, ["1/10"], ["2/20"], [], { left: "procDown" }))).toBeNull();
    expect(broken(() => membership(group().a, ["1/10"], ["2/20"], []))).toBeNull();
    rejects("CPG", () => membership(group().a, ["1/10", "1/11", "2/20"], [], ["1/11"], { joined: "leave" }));
  });

  it("8.5: who left by itself does not come back", () => {
    const { checker, a } = group();
    checker.processEnded("2/20", "procDown");
    membership(a, ["1/10"], ["2/20"], [], { left: "procDown" });
    rejects("CPG", () => membership(a, ["1/10", "2/20"], [], ["2/20"], { joined: "nodeUp" }));
  });

  it("8.5: messages come from members", () => {
    rejects("CPG", () => group().a.message("3/30", 0));
  });

  it("M7, M9: each sender's in its order, and all of one's own", () => {
    const { a, b } = group();
    a.message("2/20", 1);
    rejects("M9", () => a.message("2/20", 1));
    rejects("M9", () => a.message("2/20", 0));
    b.message("2/20", 0);
    rejects("M7", () => b.message("2/20", 2));
  });
});
