import { ByteSpan } from "@corosync/codec";
import type { ServerConnection } from "@corosync/ipc";
import { mcastHeader, partialMcastHeader } from "../protocol/ring-messages.ts";
import type { Group } from "./group.ts";
import type { Iterations } from "./iteration.ts";

/** Where a connection is on its way into and out of its group (spec services-cpg-sam 3.1). */
export type JoinState = "unjoined" | "joinStarted" | "joinCompleted" | "leaveStarted";

/** A client of the CPG service. It can be in one group. */
export class GroupConnection {
  state: JoinState = "unjoined";
  /** The group of the last join; null before the first and after a leave. */
  group: Group | null = null;
  pid = 0;
  wantsTotemConfiguration = false;
  gotTotemConfiguration = false;
  /** Membership events sent to this connection; tells whether one came between two fragments. */
  transitions = 0;
  transitionsAtFirstFragment = 0;
  iterations: Iterations | null = null;
  /** Headers for the connection's messages, all but their lengths filled in by `enter`. */
  readonly mcast = new ByteSpan(new Uint8Array(mcastHeader.size));
  readonly partialMcast = new ByteSpan(new Uint8Array(partialMcastHeader.size));

  constructor(readonly server: ServerConnection) {}

  /** True when the connection may multicast to its group. */
  get sends(): boolean {
    return this.state === "joinStarted" || this.state === "joinCompleted";
  }

  /** Starts the way into a group. */
  enter(group: Group, pid: number, nodeId: number, wantsTotemConfiguration: boolean): void {
    this.state = "joinStarted";
    this.group = group;
    this.pid = pid;
    this.wantsTotemConfiguration = wantsTotemConfiguration;
    this.gotTotemConfiguration = false;
    const { name } = group;
    mcastHeader.encodeInto({ name, messageLength: 0, pid, sourceNodeId: nodeId }, this.mcast.bytes);
    partialMcastHeader.encodeInto(
      { name, messageLength: 0, fragmentLength: 0, pid, type: 0, sourceNodeId: nodeId },
      this.partialMcast.bytes,
    );
  }
}
