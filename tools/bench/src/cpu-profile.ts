import type { ClockSpan } from "./bench-cluster.ts";

export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The parts of V8's .cpuprofile format that are used here. */
export interface CpuProfile {
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before (the first: since the start), one a sample. */
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  readonly milliseconds: number;
  /** Of the time that was not idle. */
  readonly fraction: number;
}

const IDLE = "(idle)";

/**
 * The time spent in functions themselves, summed by the name that `nameOf` gives them, the most expensive
 * first, idle time left out.
 * @param span only samples of that time count.
 */
export function selfTimes(
  profile: CpuProfile,
  nameOf: (frame: CallFrame) => string,
  span: ClockSpan,
): SelfTime[] {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const milliseconds = new Map<string, number>();
  let busy = 0;
  let time = profile.startTime;
  profile.samples.forEach((id, i) => {
    time += profile.timeDeltas[i] ?? 0;
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === IDLE) return;
    if (time < span.fromMicroseconds || time >= span.toMicroseconds) return;
    // A sample stands for the time until the next one.
    const elapsed = Math.max(0, profile.timeDeltas[i + 1] ?? 0) / 1000;
    busy += elapsed;
    const name = nameOf(frame);
    milliseconds.set(name, (milliseconds.get(name) ?? 0) + elapsed);
  });
  return [...milliseconds]
    .map(([name, spent]) => ({ name, milliseconds: spent, fraction: busy === 0 ? 0 : spent / busy }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Function and where it is: "receive packages/totem/dist/ring/ring.js:120". */
export function functionName(frame: CallFrame): string {
  const name = frame.functionName === "" ? "(anonymous)" : frame.functionName;
  const path = workspacePath(frame.url);
  return path === "" ? name : `${name} ${path}:${frame.lineNumber + 1}`;
}

/** The package or the part of Node that a function belongs to: "packages/totem", "node:dgram". */
export function areaName(frame: CallFrame): string {
  const path = workspacePath(frame.url);
  if (path !== "") return path.startsWith("node:") ? path : path.split("/").slice(0, 2).join("/");
  return frame.functionName.startsWith("(") ? frame.functionName : "system calls and other native code";
}

/** Paths from the workspace on say enough and are the same on every machine. */
function workspacePath(url: string): string {
  return url.replace(/^file:\/\//, "").replace(/^.*\/(packages|apps|tools|node_modules)\//, "$1/");
}
