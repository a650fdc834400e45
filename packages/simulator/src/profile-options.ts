import { readNumber } from "./number-option.ts";
import type { Profile } from "./profile.ts";

export interface ProfileOption {
  /** On the command line, without its dashes. */
  readonly name: string;
  readonly key: keyof Profile;
  /** What its value is. */
  readonly unit: "P" | "MS" | "RATE" | "COUNT" | "BYTES" | "PART";
  readonly least: number;
  readonly most: number;
  readonly text: string;
}

const HOUR_MS = 3_600_000;

/** Every value of a profile as an option, in the order in which they are told. */
export const PROFILE_OPTIONS: readonly ProfileOption[] = [
  option("delay", "delayMs", "MS", HOUR_MS, "time that a packet takes"),
  option("jitter", "jitterMs", "MS", HOUR_MS, "up to this much more, at random"),
  option("loss", "loss", "P", 1, "a receiver does not get a packet"),
  option("duplication", "duplication", "P", 1, "a receiver gets a packet twice"),
  option("reordering", "reordering", "P", 1, "a packet is overtaken by others"),
  option("corruption", "corruption", "P", 1, "a packet arrives damaged"),
  option("send-failures", "sendFailures", "P", 1, "the system refuses a send"),
  option("slow-nodes", "packetMs", "MS", 1000, "time that a packet keeps each node busy"),
  option("clock-skew", "clockSkew", "PART", 0.5, "clocks run by up to this part too fast or too slow"),
  option("clock-offset", "clockOffsetMs", "MS", 1e12, "clocks are ahead by up to this much"),
  option("partitions", "partitions", "RATE", 100, "the nodes are parted for a while"),
  option("cuts", "cuts", "RATE", 100, "one direction between nodes is cut"),
  option("spells", "spells", "RATE", 100, "the whole network loses, delays, repeats or damages more"),
  option("pauses", "pauses", "RATE", 100, "a node is stopped, some for longer than the token timeout"),
  option("slowdowns", "slowdowns", "RATE", 100, "a node takes up to 8 ms for each packet"),
  option("clock-changes", "clockChanges", "RATE", 100, "a clock runs at 0.9 to 1.1 of its speed"),
  option("full-queues", "fullQueues", "RATE", 100, "a node's sends fail, or wait"),
  option("crashes", "crashes", "RATE", 100, "a node dies and starts again"),
  option("amnesia", "amnesia", "P", 1, "the ring-id file is gone after a crash"),
  option("leaves", "leaves", "RATE", 100, "a node leaves in order and starts again"),
  option("load", "load", "RATE", 100_000, "operations of processes: mostly bursts of messages"),
  option("burst", "burst", "COUNT", 10_000, "messages of the longest burst", 1),
  option("message-bytes", "messageBytes", "BYTES", 1_048_576, "the longest message; most are short", 1),
  option("churn", "churn", "P", 1, "an operation is a process that comes, leaves or dies"),
  option("groups", "groups", "COUNT", 10_000, "groups that there are", 1),
  option("processes", "processes", "COUNT", 1000, "processes that a node has at most", 1),
  option("token-timeout", "tokenTimeoutMs", "MS", HOUR_MS, "0: Corosync's default for that many nodes"),
  option("send-join", "sendJoinMs", "MS", HOUR_MS, "joins wait up to this long; large clusters need it"),
  option("c-nodes", "cNodes", "COUNT", 384, "the first so many nodes have the defects of the C daemon"),
  option("wrap-within", "wrapWithin", "COUNT", 60_000, "sequence numbers begin up to so far below 2^32"),
];

/** @throws Error that names the option when the value is not a number within its limits */
export function readProfileOption(option: ProfileOption, text: string): Partial<Profile> {
  const { name, key, least, most, unit } = option;
  const whole = unit === "COUNT" || unit === "BYTES";
  return { [key]: readNumber(name, text, { least, most, whole }) };
}

function option(
  name: string,
  key: keyof Profile,
  unit: ProfileOption["unit"],
  most: number,
  text: string,
  least = 0,
): ProfileOption {
  return { name, key, unit, least, most, text };
}
