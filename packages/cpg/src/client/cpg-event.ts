import type { ProcessAddress } from "../protocol/address-entry.ts";
import { REASON } from "../protocol/message-ids.ts";

/** Why a process joined or left. `undefined` is what a daemon says that does not know. */
export type ChangeReason = keyof typeof REASON;

/** A process in a group, by node and pid. */
export interface CpgMember {
  readonly nodeId: number;
  readonly pid: number;
}

export interface CpgChange extends CpgMember {
  readonly reason: ChangeReason;
}

/** A message of a member. */
export interface CpgMessage {
  readonly type: "message";
  readonly nodeId: number;
  readonly pid: number;
  readonly data: Uint8Array;
}

/** The group's members changed; `members` are those from here on, by node id and pid. */
export interface CpgMembership {
  readonly type: "membership";
  readonly members: readonly CpgMember[];
  readonly left: readonly CpgChange[];
  readonly joined: readonly CpgChange[];
}

/** The ring has a new configuration: the nodes that are in it, with or without processes of the group. */
export interface CpgConfiguration {
  readonly type: "configuration";
  readonly ringId: { readonly representative: number; readonly sequence: number };
  readonly members: readonly number[];
}

/** What a group sees, in the same order at every member. */
export type CpgEvent = CpgMessage | CpgMembership | CpgConfiguration;

const REASON_NAMES = new Map<number, ChangeReason>(
  Object.entries(REASON).map(([name, number]) => [number, name as ChangeReason]),
);

export function changeOf({ nodeId, pid, reason }: ProcessAddress): CpgChange {
  return { nodeId, pid, reason: REASON_NAMES.get(reason) ?? "undefined" };
}
