import { describe, expect, it } from "vitest";
import { membershipReason } from "./chat.ts";

describe("membershipReason", () => {
  it("says in words who came and who went, and why", () => {
    const joined = [{ nodeId: 1, pid: 9, reason: "join" }] as const;
    const left = [
      { nodeId: 2, pid: 9, reason: "leave" },
      { nodeId: 3, pid: 9, reason: "nodeDown" },
      { nodeId: 4, pid: 9, reason: "procDown" },
    ] as const;
    expect(membershipReason({ joined, left })).toBe(
      "node 1 joined, node 2 left, node 3 is gone: its node went down, node 4 is gone: its process ended",
    );
  });
});
