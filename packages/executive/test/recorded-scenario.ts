import { readFileSync } from "node:fs";

interface RecordedEvent {
  readonly type: string;
  readonly group: string;
  readonly members: readonly (string | number)[];
  readonly left: readonly (readonly [string, string])[];
  readonly joined: readonly (readonly [string, string])[];
  readonly sender: string;
  readonly data: string;
}

interface RecordedStep {
  readonly step: string;
  readonly events: Readonly<Record<string, readonly RecordedEvent[]>>;
}

/** The steps of a recorded scenario: what each process saw, in the notation of the test clients. */
export class RecordedScenario {
  readonly #steps: RecordedStep[];
  #next = 0;

  constructor(file: string) {
    const url = new URL(`./vectors/${file}`, import.meta.url);
    this.#steps = JSON.parse(readFileSync(url, "utf8")).steps;
  }

  /** The events of the next step, whose description must start so. */
  step(start: string): Record<string, string[]> {
    const { step, events } = this.#steps[this.#next++]!;
    if (!step.startsWith(start)) throw new Error(`the next step is "${step}", not "${start}"`);
    const expected: Record<string, string[]> = {};
    for (const [name, list] of Object.entries(events)) {
      const described = list.map(describe).filter((text) => text !== null);
      if (described.length > 0) expected[name] = described;
    }
    return expected;
  }

  get finished(): boolean {
    return this.#next === this.#steps.length;
  }
}

function describe(event: RecordedEvent): string | null {
  const group = event.group ?? "g";
  if (event.type === "deliver") return `deliver[${group}] ${event.sender}: ${event.data}`;
  if (event.type === "totem_confchg") return `totem ${event.members}`;
  if (event.type !== "confchg") return null;
  const reasons = (list: RecordedEvent["left"]) => list.map(([name, reason]) => `${name}/${reason}`);
  return `confchg[${group}] m[${event.members}] l[${reasons(event.left)}] j[${reasons(event.joined)}]`;
}
