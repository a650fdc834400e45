import type { DaemonNode } from "../daemon-node.ts";

export interface Complaint {
  readonly title: string;
  readonly line: string;
}

const SERIOUS = / (?:error|crit|alert|emerg)\s+\[/;

/** What no daemon should have to say, whatever the network does. */
export function complaints({ log }: DaemonNode): Complaint[] {
  return log.lines.filter((line) => SERIOUS.test(line)).map((line) => ({ title: log.title, line }));
}
