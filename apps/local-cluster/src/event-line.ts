/** Something that happened, as one line for people. */
export interface ClusterEvent {
  readonly timeMs: number;
  /** Number of the node that it happened on or that saw it; null for the whole cluster. */
  readonly node: number | null;
  readonly kind: EventKind;
  readonly text: string;
}

export type EventKind =
  | "start"
  | "stop"
  | "ring"
  | "group"
  | "message"
  | "network"
  | "check"
  | "log"
  | "trouble";

const RESET = "\u001b[0m";
const DIM = "\u001b[2m";
const KIND_COLOURS: Readonly<Record<EventKind, string>> = {
  start: "\u001b[32m",
  stop: "\u001b[33m",
  ring: "\u001b[36m",
  group: "\u001b[34m",
  message: "",
  network: "\u001b[35m",
  check: "\u001b[1m",
  log: DIM,
  trouble: "\u001b[31m",
};

/** `12:00:01.250  node 2   message  node 1 says: hello`, with colours when asked for. */
export function eventLine(event: ClusterEvent, colours: boolean): string {
  const time = clock(event.timeMs);
  const node = (event.node === null ? "cluster" : `node ${event.node}`).padEnd(7);
  const kind = event.kind.padEnd(7);
  const text = printable(event.text);
  if (!colours) return `${time}  ${node}  ${kind}  ${text}`;
  const colour = KIND_COLOURS[event.kind];
  return `${DIM}${time}${RESET}  ${node}  ${colour}${kind}  ${text}${colour === "" ? "" : RESET}`;
}

function clock(timeMs: number): string {
  const date = new Date(timeMs);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const time = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Control characters in what somebody typed must not steer the terminal of everybody else. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\u00b7");
}
