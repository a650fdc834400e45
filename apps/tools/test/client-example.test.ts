import { connect } from "@corosync/client";
import { describe, expect, it } from "vitest";
import { SingleNode } from "./single-node.ts";

describe("the client as the README shows it", () => {
  it("joins a group, multicasts, and iterates what happens", async () => {
    await using node = await SingleNode.start();
    const cluster = await connect({ socketDirectory: node.socketDirectory });
    const group = await cluster.cpg.join("orders");
    await group.multicast(new TextEncoder().encode("hello"));
    await group.multicastBatch(["a", "b"].map((text) => new TextEncoder().encode(text)));
    await group.multicast(new Uint8Array(3_000_000).fill(7));
    const seen: string[] = [];
    for await (const event of group) {
      if (event.type === "configuration") seen.push(`nodes ${event.members}`);
      else if (event.type === "message")
        seen.push(event.data.length > 10 ? `${event.data.length}` : new TextDecoder().decode(event.data));
      else {
        const who = [...event.joined, ...event.left].map((change) => `${change.pid} ${change.reason}`);
        seen.push(`${event.members.length} members: ${who}`);
      }
      if (seen.at(-1) === "3000000") await group.leave();
    }
    expect(seen).toEqual([
      `1 members: ${process.pid} join`,
      "nodes 1",
      "hello",
      "a",
      "b",
      "3000000",
      `0 members: ${process.pid} leave`,
    ]);
    expect(await group.closed).toBeNull();
    expect(await cluster.cpg.localNodeId()).toBe(1);
    expect(await cluster.cpg.membership("orders")).toEqual([]);
    await cluster.close();
    await expect(cluster.cpg.join("orders")).rejects.toThrow("CS_ERR_BAD_HANDLE");
  });
});
