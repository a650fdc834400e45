import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "./event-queue.ts";

describe("the event queue", () => {
  it("runs events by time, and those of one time in the order in which they were scheduled", () => {
    const scheduled = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(scheduled, (events) => {
        const queue = new EventQueue();
        const expected: { at: number; order: number }[] = [];
        const ran: { at: number; order: number }[] = [];
        let order = 0;
        const add = (at: number): void => {
          const event = { at: Math.max(at, queue.nowMs), order: order++ };
          expected.push(event);
          queue.schedule(at, { run: () => ran.push({ at: queue.nowMs, order: event.order }) });
        };
        // Some are scheduled while others have run already.
        for (const [at, steps] of events) {
          add(at);
          if (steps && queue.length > 0) queue.step();
        }
        while (queue.length > 0) queue.step();
        expect(queue.nextMs).toBe(Number.POSITIVE_INFINITY);
        expect(queue.events).toBe(events.length);
        for (const [i, event] of ran.entries()) {
          expect(event).toEqual(expected.find((other) => other.order === event.order));
          if (i > 0) expect(event.at).toBeGreaterThanOrEqual(ran[i - 1]!.at);
        }
        // Of two that waited together with one time, the one scheduled first ran first.
        const position = new Map(ran.map((event, i) => [event.order, i]));
        for (const [i, a] of expected.entries())
          for (const b of expected.slice(i + 1))
            if (a.at === b.at) expect(position.get(a.order)!).toBeLessThan(position.get(b.order)!);
      }),
    );
  });
});
