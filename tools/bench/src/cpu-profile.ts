/** The parts of V8's .cpuprofile format that are used here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before, one a sample. */
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  /** Function and where it is, for example "receive packages/totem/dist/ring/ring.js:120". */
  readonly name: string;
  readonly milliseconds: number;
  /** Of the time that was not idle. */
  readonly fraction: number;
}

const IDLE = "(idle)";

/** Functions by the time spent in themselves, the most expensive first, idle time left out. */
export function topSelfTimes(profile: CpuProfile, count: number): SelfTime[] {
  const nameOf = new Map(profile.nodes.map((node) => [node.id, frameName(node.callFrame)]));
  const milliseconds = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((id, i) => {
    const name = nameOf.get(id) ?? "(unknown)";
    // The delta is the time before the sample; what ran until the next one is the next delta.
    const elapsed = Math.max(0, profile.timeDeltas[i + 1] ?? 0) / 1000;
    if (name === IDLE) return;
    busy += elapsed;
    milliseconds.set(name, (milliseconds.get(name) ?? 0) + elapsed);
  });
  return [...milliseconds]
    .map(([name, time]) => ({ name, milliseconds: time, fraction: busy === 0 ? 0 : time / busy }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, count);
}

function frameName(frame: { functionName: string; url: string; lineNumber: number }): string {
  const name = frame.functionName === "" ? "(anonymous)" : frame.functionName;
  if (frame.url === "") return name;
  // Paths from the workspace on say enough and are the same on every machine.
  const path = frame.url
    .replace(/^file:\/\//, "")
    .replace(/^.*\/(packages|apps|tools|node_modules)\//, "$1/");
  return `${name} ${path}:${frame.lineNumber + 1}`;
}
