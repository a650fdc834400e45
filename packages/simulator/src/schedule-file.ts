import type { Fault, FaultKind } from "./fault.ts";

/** What a field of a fault must be; answers what it should be when it is not. */
type Check = (value: unknown, nodeCount: number) => string | null;

const HOUR_MS = 3_600_000;

const isNode = (value: unknown, nodeCount: number): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= nodeCount;
const isNodes = (value: unknown, nodeCount: number): boolean =>
  Array.isArray(value) && value.every((id) => isNode(id, nodeCount));

const upTo =
  (most: number, least = 0): Check =>
  (value) =>
    typeof value === "number" && value >= least && value <= most ? null : `a number from ${least} to ${most}`;
const time = upTo(1e6 * HOUR_MS);
const probability = upTo(1);
const flag: Check = (value) => (typeof value === "boolean" ? null : "true or false");
const node: Check = (value, count) => (isNode(value, count) ? null : `a node from 1 to ${count}`);
const nodes: Check = (value, count) => (isNodes(value, count) ? null : `a list of nodes from 1 to ${count}`);
const sides: Check = (value, count) =>
  Array.isArray(value) && value.every((side) => isNodes(side, count))
    ? null
    : `a list of lists of nodes from 1 to ${count}`;

const CONDITIONS: Readonly<Record<string, Check>> = {
  delayMs: upTo(HOUR_MS),
  jitterMs: upTo(HOUR_MS),
  loss: probability,
  duplication: probability,
  reordering: probability,
  corruption: probability,
};

/** What each kind must have, besides `kind`, `atMs` and `forMs`. */
const FIELDS: Readonly<Record<FaultKind, Readonly<Record<string, Check>>>> = {
  partition: { sides },
  cut: { from: nodes, to: nodes },
  network: {},
  pause: { node },
  slow: { node, packetMs: upTo(1000) },
  clock: { node, rate: upTo(10, 0.1) },
  full: { node, refuses: flag },
  crash: { node, forgets: flag },
  leave: { node },
};

/**
 * Reads a fault schedule: a JSON array of faults, as `Fault` describes them.
 * @param from its name in messages
 * @param durationMs length of the run: a fault that begins later would never happen
 * @throws Error that names the fault and its field
 */
export function parseSchedule(text: string, from: string, nodeCount: number, durationMs: number): Fault[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    // The message quotes what it stumbles over, line ends and all.
    const reason = (error as Error).message.replaceAll(/\s+/g, " ");
    throw new Error(`${from}: not JSON: ${reason}`, { cause: error });
  }
  if (!Array.isArray(parsed)) throw new Error(`${from}: must be an array of faults`);
  // Shortened schedules have whole milliseconds.
  const lastMs = Math.ceil(durationMs);
  return parsed.map((item: unknown, index) => {
    const where = `${from}: fault ${index + 1}`;
    const fault = checked(item, where, nodeCount);
    if (fault.atMs > lastMs)
      throw new Error(`${where}: atMs must be within the run, which takes ${lastMs} ms, not ${fault.atMs}`);
    return fault;
  });
}

function checked(item: unknown, where: string, nodeCount: number): Fault {
  if (typeof item !== "object" || item === null) throw new Error(`${where}: must be an object`);
  const fields = new Map<string, unknown>(Object.entries(item));
  const kind = fields.get("kind");
  if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind))
    throw new Error(`${where}: kind must be one of ${Object.keys(FIELDS).join(", ")}`);
  const required = { atMs: time, forMs: time, ...FIELDS[kind as FaultKind] };
  const allowed: Record<string, Check> = { ...required, ...(kind === "network" ? CONDITIONS : {}) };
  for (const [name, value] of fields) {
    if (name === "kind") continue;
    if (!Object.hasOwn(allowed, name)) throw new Error(`${where}: a ${kind} has no ${name}`);
    const wanted = allowed[name]!(value, nodeCount);
    if (wanted !== null) throw new Error(`${where}: ${name} must be ${wanted}`);
  }
  for (const name of Object.keys(required))
    if (!fields.has(name)) throw new Error(`${where}: a ${kind} needs ${name}`);
  return item as Fault;
}

/** The same form on one line, for a command. */
export function formatSchedule(faults: readonly Fault[]): string {
  return JSON.stringify(faults);
}
