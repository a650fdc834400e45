import { describe, expect, it } from "vitest";
import type { StressClient } from "../src/index.ts";
import { expectSameLines } from "./delivery-check.ts";
import { MIXES, mixTitle, withCluster } from "./interop-cluster.ts";

const LIMIT_MS = 120_000;
const REASON_NODEDOWN = 3;
const REASON_NODEUP = 4;

/** The addresses that a line names as left or joined, sorted, with their reason. */
function changed(line: string | undefined, what: "left" | "joined"): string[] {
  const list = (what === "left" ? / left(.*) joined/ : / joined(.*)$/).exec(line ?? "")?.[1] ?? "";
  return list.trim().split(" ").filter(Boolean).sort();
}

function withReason(clients: readonly StressClient[], reason: number): string[] {
  return clients.map((client) => `${client.address}:${reason}`).sort();
}

function messagesOf(receiver: StressClient, sender: StressClient): number {
  return receiver.messages.filter((line) => line.startsWith(`message ${sender.nodeId} ${sender.pid} `))
    .length;
}

describe.each(MIXES.map((mix) => [mixTitle(mix), mix] as const))("%s", (_title, mix) => {
  for (const lonely of [1, 3]) {
    it(`parts from host ${lonely} and merges again`, { timeout: LIMIT_MS }, () =>
      withCluster(mix, { tokenTimeoutMs: 1000 }, async (cluster) => {
        const rest = cluster.numbers.filter((number) => number !== lonely);
        await cluster.startAll();
        const clients = await cluster.joinAll(20_000);
        const alone = clients.filter((client) => client.nodeId === lonely);
        const together = clients.filter((client) => client.nodeId !== lonely);

        await cluster.lab.cut([lonely], rest);
        await Promise.all([cluster.waitForRing([lonely]), cluster.waitForRing(rest)]);
        for (const side of [alone, together]) {
          const gone = clients.filter((client) => !side.includes(client));
          await Promise.all(side.map((client) => client.waitForGroup(side)));
          for (const client of side) {
            const last = client.configurationChanges.at(-1);
            expect(changed(last, "left")).toEqual(withReason(gone, REASON_NODEDOWN));
          }
        }

        for (const client of clients) client.send(50);
        await Promise.all(alone.map((client) => client.waitForDelivered(50)));
        await Promise.all(together.map((client) => client.waitForDelivered(100)));
        expectSameLines(together, (client) => client.messages);

        await cluster.lab.heal();
        await cluster.waitForRing(cluster.numbers);
        await Promise.all(clients.map((client) => client.waitForGroup(clients)));
        for (const side of [alone, together]) {
          const back = clients.filter((client) => !side.includes(client));
          for (const client of side) {
            const last = client.configurationChanges.at(-1);
            expect(changed(last, "joined")).toEqual(withReason(back, REASON_NODEUP));
          }
        }
        const before = new Map(clients.map((client) => [client, client.messages.length]));
        for (const client of clients) client.send(50);
        await Promise.all(clients.map((client) => client.waitForDelivered(before.get(client)! + 150)));
        expectSameLines(clients, (client) => client.messages.slice(before.get(client)));
        // What was said on one side while they were apart is never heard on the other.
        for (const client of alone) expect(messagesOf(client, together[0]!)).toBe(50);
        for (const client of together) expect(messagesOf(client, alone[0]!)).toBe(50);
      }),
    );
  }
});
