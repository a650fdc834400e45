import { expect } from "vitest";
import { expectedStressLine, type StressClient } from "../src/index.ts";

export interface Sent {
  readonly by: StressClient;
  readonly count: number;
}

/**
 * Waits until all receivers have everything, then checks that they got it in one order, and from each
 * sender exactly what it has sent: nothing missing, twice, changed or out of turn.
 */
export async function expectOneOrder(
  receivers: readonly StressClient[],
  sent: readonly Sent[],
  timeoutMs: number,
): Promise<void> {
  const total = sent.reduce((sum, { count }) => sum + count, 0);
  await Promise.all(receivers.map((receiver) => receiver.waitForDelivered(total, timeoutMs)));
  expectSameLines(receivers, (receiver) => receiver.messages);
  const messages = receivers[0]!.messages;
  expect(messages.length).toBe(total);
  for (const { by, count } of sent) expectAllOf(by, count, messages);
}

/** Checks that all receivers print the same lines; a failure shows the first difference only. */
export function expectSameLines(
  receivers: readonly StressClient[],
  linesOf: (receiver: StressClient) => readonly string[],
): void {
  const [first, ...others] = receivers;
  const expected = linesOf(first!);
  for (const other of others) {
    const actual = linesOf(other);
    const length = Math.max(expected.length, actual.length);
    for (let i = 0; i < length; i++) {
      if (expected[i] === actual[i]) continue;
      throw new Error(
        `${other.process.title} differs from ${first!.process.title} at event ${i}:\n` +
          `${actual.slice(i, i + 3).join("\n")}\ninstead of\n${expected.slice(i, i + 3).join("\n")}`,
      );
    }
  }
}

function expectAllOf(sender: StressClient, count: number, messages: readonly string[]): void {
  const prefix = `message ${sender.nodeId} ${sender.pid} `;
  const own = messages.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  expect(own.length, `messages of ${sender.process.title}`).toBe(count);
  for (let counter = 0; counter < count; counter++) {
    const line = expectedStressLine(sender.seed, counter, sender.maxLengthBytes);
    if (own[counter] !== line) {
      expect(own[counter], `message ${counter} of ${sender.process.title}`).toBe(line);
    }
  }
}
