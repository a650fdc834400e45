import { describe, expect, it } from "vitest";
import { ringIn, type ScriptedRing, type ScriptedRingOptions } from "./scripted-ring.ts";

/** One row of the event tables of spec totem section 12. */
export interface EventRow {
  /** The event, in the words of the table. */
  readonly event: string;
  readonly action: string;
  /** "same", or the states entered in order, a GATHER with its reason: "GATHER(5) GATHER(14)". */
  readonly next: string;
  readonly options?: ScriptedRingOptions;
  when(ring: ScriptedRing): void;
  /** What the action is seen by; "ignored" is checked by itself: nothing happened. */
  expected?(ring: ScriptedRing): void;
}

type State = "operational" | "gather" | "commit" | "recovery";

export function eventTable(section: string, state: State, rows: readonly EventRow[]): void {
  describe(`spec totem ${section}, ${state.toUpperCase()}`, () => {
    for (const row of rows) {
      it(`${row.event} | ${row.action} | ${row.next}`, () => {
        const ring = ringIn(state, row.options);
        expect(ring.ring.state).toBe(state);
        row.when(ring);
        if (row.next === "same") {
          expect(ring.ring.state).toBe(state);
          expect(ring.gatherReasons).toEqual([]);
        } else {
          expect(enteredStates(ring)).toBe(row.next);
          expect(ring.ring.state).toBe(row.next.split(" ").at(-1)!.replace(/\(.*/, "").toLowerCase());
        }
        if (row.action === "ignored") expect(ring.trace).toEqual([]);
        expect(ring.malformed).toEqual([]);
        row.expected?.(ring);
      });
    }
  });
}

/** The states entered, as the log tells. */
function enteredStates(ring: ScriptedRing): string {
  return ring.logs
    .flatMap((line) => {
      const match = /entering (\w+) state(?: from (\d+))?/.exec(line);
      if (!match) return [];
      return match[2] === undefined ? [match[1]] : [`${match[1]}(${match[2]})`];
    })
    .join(" ");
}
