import { struct, u32 } from "@corosync/codec";

/** A process in a list of members, left or joined processes. */
export interface ProcessAddress {
  readonly nodeId: number;
  readonly pid: number;
  readonly reason: number;
}

/** A member in a response or an event, 24 bytes. */
export const addressEntry = struct("cpg address", 24, { nodeId: [0, u32], pid: [8, u32], reason: [16, u32] });
