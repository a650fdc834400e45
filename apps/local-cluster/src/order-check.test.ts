import { describe, expect, it } from "vitest";
import { OrderCheck } from "./order-check.ts";

function check(sent: string[], ...delivered: string[][]): OrderCheck {
  const order = new OrderCheck(delivered.map((_, index) => index + 1));
  for (const message of sent) order.sent(message);
  delivered.forEach((messages, index) => {
    for (const message of messages) order.delivered(index + 1, message);
  });
  return order;
}

describe("OrderCheck", () => {
  it("passes when all nodes delivered everything in one order, whichever it is", () => {
    const order = check(["a", "b"], ["b", "a"], ["b", "a"], ["b", "a"]);
    expect(order.complete).toBe(true);
    expect(order.verdict()).toEqual({
      passed: true,
      text: "all 3 nodes delivered the same 2 messages in the same order",
    });
  });

  it.each<[string, string[], string[][], string]>([
    [
      "order",
      ["a", "b"],
      [
        ["a", "b"],
        ["b", "a"],
      ],
      "delivery 1 was a on node 1 but b on node 2",
    ],
    ["loss on one", ["a", "b"], [["a", "b"], ["a"]], "delivery 2 was b on node 1 but nothing on node 2"],
    ["loss on all", ["a", "b"], [["a"], ["a"]], "b was sent but node 1 did not deliver it"],
    [
      "duplicates",
      ["a"],
      [
        ["a", "a"],
        ["a", "a"],
      ],
      "node 1 delivered a message twice",
    ],
    [
      "inventions",
      ["a"],
      [
        ["a", "x"],
        ["a", "x"],
      ],
      "node 1 delivered x, which nobody sent",
    ],
    ["silence", [], [[], []], "no message was sent"],
  ])("finds %s", (_name, sent, delivered, text) => {
    expect(check(sent, ...delivered).verdict()).toEqual({ passed: false, text });
  });

  it("is not complete while a node lacks a message", () => {
    const order = check(["a"], ["a"], []);
    expect(order.complete).toBe(false);
    order.delivered(2, "a");
    expect(order.complete).toBe(true);
  });
});
