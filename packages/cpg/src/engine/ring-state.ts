import { ByteSpan, CodecError } from "@corosync/codec";
import type { SyncCallbacks, SyncStart } from "@corosync/service";
import { sameName } from "../protocol/cpg-name.ts";
import { REASON, RING_FN } from "../protocol/message-ids.ts";
import {
  decodeDownlist,
  decodeJoinlist,
  encodeDownlist,
  encodeJoinlist,
  type JoinlistEntry,
  joinlistCapacity,
} from "../protocol/ring-messages.ts";
import type { Membership } from "./membership.ts";
import type { Process } from "./process-list.ts";

/** Entries of all joinlists of one synchronization, at most. */
const MAX_JOINLIST_ENTRIES = 100_000;

interface RemoteEntry extends JoinlistEntry {
  readonly nodeId: number;
}

/** What the nodes tell each other in a synchronization, and what follows (spec services-cpg-sam 4.6). */
export class RingState implements SyncCallbacks {
  #members: readonly number[] = [];
  #leftNodes: readonly number[] = [];
  /** In order of delivery; activation walks it from the end. */
  #joinlist: RemoteEntry[] = [];
  /** Messages of this node's state that are not multicast yet; null before they are made. */
  #unsent: { fn: number; message: Uint8Array }[] | null = null;

  constructor(readonly membership: Membership) {}

  get joinlistLength(): number {
    return this.#joinlist.length;
  }

  init(start: SyncStart): void {
    this.#members = start.members;
    this.membership.ringId = start.ringId;
    const old = this.membership.viewMembers;
    this.#leftNodes = old.filter((nodeId) => !start.transitional.includes(nodeId));
    this.#unsent = null;
    if (this.membership.behaviour.clearJoinlistAtSyncStart) this.#joinlist = [];
  }

  process(): boolean {
    this.#unsent ??= this.#state();
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      if (!this.membership.host.multicast(next.fn, new ByteSpan(next.message))) return false;
      this.#unsent.shift();
    }
    return true;
  }

  /** Downlist always, joinlist unless there is no local process; a very long one in several messages. */
  #state(): { fn: number; message: Uint8Array }[] {
    const { host, viewMembers, processes } = this.membership;
    const downlist = encodeDownlist({ oldMembers: viewMembers.length, left: this.#leftNodes });
    const messages = [{ fn: RING_FN.downlist as number, message: downlist }];
    const own = processes.ofNode(host.nodeId).map(({ pid, group }) => ({ pid, name: group.name }));
    const capacity = joinlistCapacity(host.maxMessageBytes);
    for (let from = 0; from < own.length; from += capacity)
      messages.push({ fn: RING_FN.joinlist, message: encodeJoinlist(own.slice(from, from + capacity)) });
    return messages;
  }

  activate(): void {
    const { membership } = this;
    const left = this.#leftNodes;
    membership.viewMembers = this.#members;
    membership.removeTogether(
      membership.processes.all.filter((process) => left.includes(process.nodeId)),
      REASON.nodeDown,
    );
    const listed = this.#takeJoinlist();
    const own = membership.host.nodeId;
    for (const zombie of membership.processes.all.filter((p) => p.nodeId !== own && !listed.has(p)))
      membership.removeTogether([zombie], REASON.procDown);
    this.#joinlist = [];
    for (const connection of membership.listening) membership.sendTotemConfiguration(connection);
  }

  /** Adds the unknown processes of the joinlist, latest delivery first. Answers all it names. */
  #takeJoinlist(): Set<Process> {
    const { host, groups, processes } = this.membership;
    const listed = new Set<Process>();
    const joined: Process[] = [];
    for (const { nodeId, pid, name } of this.#joinlist.reverse()) {
      if (nodeId === host.nodeId) continue;
      const group = groups.obtain(name);
      const known = processes.find(nodeId, pid, group);
      const process = known ?? processes.add(nodeId, pid, group);
      if (known === null) joined.push(process);
      listed.add(process);
    }
    this.membership.announceTogether(joined, REASON.nodeUp);
    return listed;
  }

  abort(): void {
    this.#joinlist = [];
    this.#unsent = null;
  }

  joinlistDelivered(nodeId: number, message: ByteSpan): void {
    const entries = this.#decode(nodeId, message, decodeJoinlist);
    if (entries === null) return;
    if (this.#joinlist.length + entries.length > MAX_JOINLIST_ENTRIES) {
      this.membership.host.logRarely("warning", "joinlist", `too many joinlist entries from node ${nodeId}`);
      return;
    }
    for (const entry of entries) this.#joinlist.push({ nodeId, ...entry });
  }

  /** The list is for logs only: every node goes by its own. */
  downlistDelivered(nodeId: number, message: ByteSpan): void {
    const downlist = this.#decode(nodeId, message, decodeDownlist);
    if (downlist === null) return;
    const { oldMembers, left } = downlist;
    this.membership.host.log(
      "debug",
      `downlist of node ${nodeId}: left_list:${left.length} old_members:${oldMembers}`,
    );
  }

  /** A process that left after its node sent the joinlist must not come back with it. */
  dropFromJoinlist(nodeId: number, pid: number, name: Uint8Array): void {
    if (!this.membership.behaviour.leaveDropsJoinlistEntry || this.#joinlist.length === 0) return;
    this.#joinlist = this.#joinlist.filter(
      (entry) => entry.nodeId !== nodeId || entry.pid !== pid || !sameName(entry.name, name),
    );
  }

  #decode<T>(nodeId: number, message: ByteSpan, decode: (bytes: Uint8Array) => T): T | null {
    try {
      return decode(message.subarray());
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.membership.host.logRarely("warning", `state ${nodeId}`, `from node ${nodeId}: ${error.message}`);
      return null;
    }
  }
}
