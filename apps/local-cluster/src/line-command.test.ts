import { describe, expect, it } from "vitest";
import { blockedBy, type LineCommand, parseLine } from "./line-command.ts";

const parse = (line: string) => parseLine(line, 3);

describe("a typed line", () => {
  it.each<[string, LineCommand]>([
    ["hello world", { kind: "say", node: 1, text: "hello world" }],
    ["  2: hello", { kind: "say", node: 2, text: "hello" }],
    ["3:kill 1", { kind: "say", node: 3, text: "kill 1" }],
    ["heal the world", { kind: "say", node: 1, text: "heal the world" }],
    ["note: see 2", { kind: "say", node: 1, text: "note: see 2" }],
    ["kill 3", { kind: "kill", node: 3 }],
    ["stop 1", { kind: "stop", node: 1 }],
    ["restart   2 ", { kind: "restart", node: 2 }],
    ["heal", { kind: "heal" }],
    ["members", { kind: "members" }],
    ["help", { kind: "help" }],
    ["quit", { kind: "quit" }],
    ["", { kind: "nothing" }],
    ["2:", { kind: "nothing" }],
    ["partition 1 2 | 3", { kind: "partition", sides: [[1, 2], [3]] }],
    ["partition 1|2|3", { kind: "partition", sides: [[1], [2], [3]] }],
    ["partition 2", { kind: "partition", sides: [[2], [1, 3]] }],
  ])("%j", (line, command) => {
    expect(parse(line)).toEqual(command);
  });

  it.each([
    ["kill", "kill takes one node: kill 3"],
    ["kill 1 2", "kill takes one node: kill 3"],
    ["kill 4", "there is no node 4: nodes are 1 to 3"],
    ["stop x", "there is no node x: nodes are 1 to 3"],
    ["0: hi", "there is no node 0: nodes are 1 to 3"],
    ["partition", "partition takes sides: partition 1 2 | 3"],
    ["partition 1 2 3", "partition takes sides: partition 1 2 | 3"],
    ["partition 1 | 1 2", "node 1 is named twice"],
  ])("%j is answered with what is wrong", (line, text) => {
    expect(parse(line)).toEqual({ kind: "wrong", text });
  });
});

describe("blockedBy", () => {
  it("names for each node those of the other sides", () => {
    const blocked = blockedBy([[1, 2], [3], [4]]);
    expect([...blocked]).toEqual([
      [1, [3, 4]],
      [2, [3, 4]],
      [3, [1, 2, 4]],
      [4, [1, 2, 3]],
    ]);
  });
});
